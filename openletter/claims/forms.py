"""What people write who object, and what moderators send about it."""

from __future__ import annotations

from functools import partial

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.claims.models import MOST_WORDS, Appeal
from openletter.lib.people import names
from openletter.signatures.forms import Words


class AppealForm(forms.Form):
    text = Words(
        label=_("Why is the removal a mistake?"),
        limit=MOST_WORDS,
        tidy=partial(names.tidy_message, limit=MOST_WORDS),
        help_text=_("At most 2,000 characters. Only moderators of the letter read it."),
        error_messages={"required": _("Please say why the removal is a mistake.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class AppealCardForm(forms.Form):
    """One decision about an appeal; its fields are written by hand in the card."""

    appeal = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    act = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Appeal.Outcome.RESTORED, Appeal.Outcome.UPHELD)]
    )
