"""The rules in the admin: what each does, on the whole site and on a letter."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from openletter.lib.db import clock
from openletter.moderation.lists_in_force import ListInForce
from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings import in_force, table
from openletter.moderation.rule_settings.forms import RuleSettingForm
from openletter.moderation.rules import BY_REASON


@admin.register(RuleSetting)
class RuleSettingAdmin(ListInForce[RuleSetting]):
    """Say what a rule does, and try it before it does."""

    recorded_as = "rule"
    acts = ("set rule", "change rule", "forget rule")

    form = RuleSettingForm
    list_display = ("rule_name", "where", "mode", "amount", "created_at")
    list_select_related = ("letter",)
    change_form_template = "admin/moderation/rule.html"
    change_list_template = "admin/moderation/rules.html"

    @admin.display(description=_("rule"), ordering="rule")
    def rule_name(self, setting: RuleSetting) -> str:
        rule = BY_REASON.get(setting.rule)
        return str(rule.NAME if rule else setting.rule)

    @admin.display(description=_("letter"), ordering="letter")
    def where(self, setting: RuleSetting) -> str:
        return str(setting.letter or _("all letters"))

    def heading(self, obj: RuleSetting) -> str:
        return self.rule_name(obj)

    def forget(self) -> None:
        in_force.forget()

    def on_record(self, obj: RuleSetting) -> dict[str, Any]:
        after = {
            "rule": obj.rule,
            "letter": obj.letter.slug if obj.letter else None,
            "mode": obj.mode,
            "number": obj.amount,
        }
        return {"reason": "", "after": {name: said for name, said in after.items() if said}}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {
            "title": _("Rules of moderation"),
            "rules": table.rows(clock.now()),
            "sets_site": self.has_change_permission(request, RuleSetting()),
            **(extra_context or {}),
        }
        return super().changelist_view(request, extra)
