"""The page that says what a changed rule would have done, before anybody saves it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters.models import Letter
from openletter.lib.admin.keys import key_in
from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings.forms import RuleSettingForm
from openletter.signatures.desk import rule_trial


class _TrialForm(RuleSettingForm):
    """The same fields; that a rule is set here already is what is tried."""

    def _get_validation_exclusions(self) -> set[str]:
        # A constraint over these is not looked at then; what may be chosen is, by their fields.
        known: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return known | {"rule", "letter"}


@access.needs(Action.SET_RULES)
@never_cache
@require_POST
def page(request: HttpRequest) -> HttpResponse:
    """Try a rule as it is typed; nothing is changed."""
    access.require(request.user, Action.SEE_SIGNATURES)
    form = _form(request)
    trial = sample = None
    if form.is_valid():
        changed: RuleSetting = form.save(commit=False)
        access.require(request.user, Action.SET_RULES, changed)
        among = access.letters_for(request.user, Action.SEE_SIGNATURES)
        trial = rule_trial.run(changed, among=among)
        sample = trial.sample()
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("What the rule would do"),
        "opts": RuleSetting._meta,
        "form": form,
        "trial": trial,
        "sample": sample,
        "save_at": _where_it_is_saved(request),
    }
    status = 422 if trial is None else 200
    return TemplateResponse(request, "admin/signatures/rule_trial.html", context, status=status)


def _form(request: HttpRequest) -> _TrialForm:
    form = _TrialForm(request.POST)
    field: Any = form.fields["letter"]
    field.queryset = access.visible(request.user, Action.SET_RULES, Letter)
    field.required = not access.may_everywhere(request.user, Action.SET_RULES)
    return form


def _where_it_is_saved(request: HttpRequest) -> str:
    key = key_in(request.GET.get("setting", ""))
    rows = access.visible(request.user, Action.SET_RULES, RuleSetting)
    if key is not None and rows.filter(pk=key).exists():
        return reverse("admin:moderation_rulesetting_change", args=[key])
    return reverse("admin:moderation_rulesetting_add")
