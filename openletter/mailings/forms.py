"""When a mailing leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openletter.lib.db import clock


class SendForm(forms.Form):
    """Send now, or at a later time."""

    starts_at = forms.DateTimeField(
        label=_("Send at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["starts_at"].help_text = _(
            "Leave this empty to send now. Time zone: %(zone)s."
        ) % {"zone": zone}

    def clean_starts_at(self) -> datetime | None:
        starts_at: datetime | None = self.cleaned_data["starts_at"]
        if starts_at is not None and starts_at <= clock.now():
            raise forms.ValidationError(
                _("This time has passed. Choose a later one, or leave the field empty to send now.")
            )
        return starts_at
