"""How a rule is set, as staff choose it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.edit_forms import EditForm
from openletter.moderation.models import RuleSetting
from openletter.moderation.rules import BY_REASON, RULES, word_lists


class RuleSettingForm(EditForm[RuleSetting]):
    rule = forms.ChoiceField(
        label=_("Rule"), choices=lambda: [(rule.REASON, rule.NAME) for rule in RULES]
    )

    class Meta:
        model = RuleSetting
        fields = ("rule", "letter", "mode", "amount", "words")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        rule = BY_REASON.get(str(cleaned.get("rule")))
        amount, words = cleaned.get("amount"), cleaned.get("words")
        if rule is None:
            return cleaned
        if rule.AMOUNT is None and amount is not None:
            self.add_error("amount", _("This rule has no number. Please leave it empty."))
        elif rule.AMOUNT and amount is not None:
            self._check_between(amount, rule.AMOUNT.least, rule.AMOUNT.most)
        if words and rule.REASON != word_lists.REASON:
            self.add_error("words", _("This rule has no words. Please leave this empty."))
        return cleaned

    def _check_between(self, amount: int, least: int, most: int) -> None:
        if not least <= amount <= most:
            text = _("Please enter a number from %(least)s to %(most)s.")
            self.add_error("amount", ValidationError(text, params={"least": least, "most": most}))
