"""What organisers type about a letter and its texts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.letters import flows, slugs, updates
from openletter.letters.models import Letter, Translation, UpdateText
from openletter.lib import clock

if TYPE_CHECKING:
    _LetterForm = forms.ModelForm[Letter]
    _TextForm = forms.ModelForm[Translation]
    _UpdateTextForm = forms.ModelForm[UpdateText]
else:
    _LetterForm = _TextForm = _UpdateTextForm = forms.ModelForm


class LetterForm(_LetterForm):
    """A letter's settings; its state and texts change by their own buttons."""

    class Meta:
        model = Letter
        fields = (
            "slug", "sender_name", "reference_language", "goal", "policy", "opens_at", "closes_at",
            "takes_organisations", "asks_title", "asks_affiliation", "asks_country", "asks_comment",
            "second_reminder", "asks_proof", "retention_months",
        )  # fmt: skip

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        slugs.check_slug(slug, letter=self.instance if self.instance.pk else None)
        return slug

    def clean_closes_at(self) -> datetime | None:
        """A letter ends at a time to come: what is past would take back promised confirmations."""
        closes_at: datetime | None = self.cleaned_data["closes_at"]
        if closes_at and "closes_at" in self.changed_data and closes_at <= clock.now():
            raise forms.ValidationError(
                _("This time has passed. To close the letter now, use the button “Close”."),
                code="past",
            )
        return closes_at


class TextForm(_TextForm):
    """One language of a draft version."""

    class Meta:
        model = Translation
        fields = ("language", "title", "addressee", "markdown")
        widgets = {"markdown": forms.Textarea(attrs={"rows": 24, "cols": 90})}

    def save(self, commit: bool = True) -> Translation:
        flows.derive(self.instance)
        return super().save(commit)


class UpdateTextForm(_UpdateTextForm):
    """An update in one language, while it is a draft."""

    class Meta:
        model = UpdateText
        fields = ("language", "title", "markdown")
        widgets = {"markdown": forms.Textarea(attrs={"rows": 16, "cols": 90})}

    def save(self, commit: bool = True) -> UpdateText:
        updates.derive(self.instance)
        return super().save(commit)


class ActForm(forms.Form):
    """Why a letter is opened, closed or published: kept in the audit record."""

    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
