"""What people write who object, and what moderators send about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.claims.models import MOST_WORDS, Appeal, Claim
from openletter.lib.people import names
from openletter.moderation import given_reasons
from openletter.moderation.forms import LEAST_REASON_LENGTH, MOST_REASON_LENGTH
from openletter.signatures.forms import AddressForm, Words


class AppealForm(forms.Form):
    text = Words(
        label=_("Why is the removal a mistake?"),
        limit=MOST_WORDS,
        tidy=partial(names.tidy_message, limit=MOST_WORDS),
        help_text=_("At most 2,000 characters. Only moderators of the letter read it."),
        error_messages={"required": _("Please say why the removal is a mistake.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class ClaimForm(AddressForm):
    """What is false about an entry, and how to reach whoever says so."""

    field_order = ("wrong", "message", "email")
    wrong = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Claim.Wrong.choices,
        error_messages={"required": _("Please choose what is wrong.")},
        widget=forms.RadioSelect,
    )
    message = Words(
        label=_("What should we know? (optional)"),
        limit=MOST_WORDS,
        tidy=partial(names.tidy_message, limit=MOST_WORDS),
        required=False,
        help_text=_(
            "For example how we can tell that it is you. At most 2,000 characters. Only moderators"
            " of the letter read it."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].help_text = _(
            "We will send you an e-mail to confirm this. Your address is never shown, and deleted a"
            " month after the decision."
        )


class CardForm(forms.Form):
    """One decision, and why; its fields are written by hand in the card."""

    GIVEN: dict[str, dict[str, Any]]  # by act: the reasons beside its button
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    given = forms.CharField(required=False)
    reason = forms.CharField(
        required=False, min_length=LEAST_REASON_LENGTH, max_length=MOST_REASON_LENGTH
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = cleaned.get("given") or ""
        # One of another button says nothing.
        code = given if given in self.GIVEN.get(cleaned.get("act", ""), {}) else ""
        cleaned["why"] = cleaned.get("reason") or code
        return cleaned


class ClaimCardForm(CardForm):
    """One decision about a claim; why it is removed, its signer is told."""

    GIVEN = {
        Claim.State.REMOVED: given_reasons.TO_REMOVE_CLAIMED,
        Claim.State.KEPT: given_reasons.TO_KEEP,
    }
    claim = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    act = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Claim.State.REMOVED, Claim.State.KEPT)]
    )


class AppealCardForm(CardForm):
    """One decision about an appeal; why it stays removed, its signer is told."""

    GIVEN = {
        Appeal.Outcome.RESTORED: given_reasons.TO_RESTORE,
        Appeal.Outcome.UPHELD: given_reasons.TO_UPHOLD,
    }
    appeal = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    act = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Appeal.Outcome.RESTORED, Appeal.Outcome.UPHELD)]
    )
