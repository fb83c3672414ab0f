"""A decision needs a reason, written by whoever decides."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LEAST_REASON_LENGTH = 3


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=LEAST_REASON_LENGTH,
        max_length=500,
        help_text=_("Kept in the audit record. Please mention no names or addresses here."),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
