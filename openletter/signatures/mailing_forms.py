"""When a mailing leaves."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.lib import clock


class SendForm(forms.Form):
    """Send now, or at a later time."""

    starts_at = forms.DateTimeField(
        label=_("Send at (UTC)"),
        required=False,
        help_text=_("Leave this empty to send now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_starts_at(self) -> datetime | None:
        starts_at: datetime | None = self.cleaned_data["starts_at"]
        if starts_at is not None and starts_at <= clock.now():
            raise forms.ValidationError(
                _("This time has passed. Choose a later one, or leave it empty to send now.")
            )
        return starts_at
