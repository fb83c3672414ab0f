"""What people write who object, and what moderators send about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.claims.models import MOST_WORDS, Appeal, Claim
from openletter.lib.people import names
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


class ClaimCardForm(forms.Form):
    """One decision about a claim; its fields are written by hand in the card."""

    claim = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    act = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Claim.State.REMOVED, Claim.State.KEPT)]
    )


class AppealCardForm(forms.Form):
    """One decision about an appeal; its fields are written by hand in the card."""

    appeal = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    act = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Appeal.Outcome.RESTORED, Appeal.Outcome.UPHELD)]
    )
