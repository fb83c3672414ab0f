"""What moderators type: why they decide so, and which names to watch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.edit_forms import EditForm
from openletter.moderation import watched_names
from openletter.moderation.models import WatchedName

LEAST_REASON_LENGTH, MOST_REASON_LENGTH = 3, 500


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=LEAST_REASON_LENGTH,
        max_length=MOST_REASON_LENGTH,
        help_text=_("Kept in the audit record. Please mention no names or addresses here."),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class WatchedNameForm(EditForm[WatchedName]):
    derived = ("spelling",)

    class Meta:
        model = WatchedName
        fields = ("name", "letter", "whom_to_ask")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        self.instance.spelling = watched_names.spelling(name)
        longest = WatchedName._meta.get_field("spelling").max_length or 0
        if not LEAST_REASON_LENGTH <= len(self.instance.spelling) <= longest:
            raise ValidationError(_("Please enter a name that can be told from others."))
        return name

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        here = WatchedName.objects.filter(
            spelling=self.instance.spelling, letter=cleaned.get("letter")
        )
        if "name" in cleaned and here.exclude(pk=self.instance.pk).exists():
            text = _("This name is already listed. Please change its entry instead.")
            self.add_error("name", text)
        return cleaned
