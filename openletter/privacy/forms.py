"""Acts on one person's data at the desk need a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.moderation.forms import DecisionForm
from openletter.signatures.forms import AddressForm


class PersonForm(AddressForm):
    """Whose data it is about, by the whole address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = ""  # it speaks to who signed


class ExportForm(DecisionForm):
    """Why everything about a person is handed over."""


class EraseForm(DecisionForm):
    """Why a person is erased, and what becomes of the number."""

    keep_count = forms.BooleanField(
        label=_("Signatures that count go on counting, without a name"), required=False
    )
