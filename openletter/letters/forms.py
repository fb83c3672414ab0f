"""What organisers type about a letter and its texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openletter.letters import asked_fields, publishing, publishing_updates, retention_months, slugs
from openletter.letters.models import STAYS_CLOSED, Letter, Translation, UpdateText
from openletter.lib.admin.edit_forms import EditForm
from openletter.lib.admin.inline_rows import EditFormSet
from openletter.lib.db import clock


class LetterForm(EditForm[Letter]):
    """A letter's settings; its state and texts change by their own buttons."""

    # One sentence when it is wrong, and none when it is left empty: then the title says it.
    slug = forms.CharField(
        required=False,
        max_length=80,
        widget=AdminTextInputWidget,
        help_text=_(
            "The part of the letter's address that follows the site's name. If you leave it"
            " empty, it is made from the title."
        ),
    )

    class Meta:
        model = Letter
        fields = (
            "title", "slug", "team", "sender_name", "reference_language", "goal", "policy",
            "opens_at", "closes_at", "takes_organisations", *asked_fields.SWITCHES,
            "second_reminder", "asks_proof", "retention_months",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].label = capfirst(Letter._meta.get_field("slug").verbose_name)
        if not self.instance.pk and "reference_language" not in (kwargs.get("initial") or {}):
            # Who writes in German begins a German letter, with an address spelled in German.
            self.initial["reference_language"] = get_language()

    def clean(self) -> dict[str, Any] | None:
        if "slug" in self.cleaned_data:
            try:
                self.cleaned_data["slug"] = self._slug(self.cleaned_data["slug"])
            except forms.ValidationError as problem:
                self.add_error("slug", problem)
        return super().clean()

    def _slug(self, typed: str) -> str:
        stored = self.instance if self.instance.pk else None
        if stored is not None and typed in {"", self.initial["slug"]}:
            return str(self.initial["slug"])  # emptied or untouched: it stays as it is
        if typed:
            slugs.check_slug(typed, letter=stored)
            return typed
        title = self.cleaned_data.get("title", "")
        language = self.cleaned_data.get("reference_language", "")
        proposed = slugs.propose(title, language=language)
        if not proposed:
            raise forms.ValidationError(
                _(
                    "Please enter the part of the address that follows the site's name, such as"
                    " open-ai."
                ),
                code="required",
            )
        return proposed

    def clean_closes_at(self) -> datetime | None:
        """A letter ends at a time to come: what is past would take back promised confirmations."""
        closes_at: datetime | None = self.cleaned_data["closes_at"]
        if self.instance.retention_ended_at is not None and "closes_at" in self.changed_data:
            raise forms.ValidationError(STAYS_CLOSED, code="retention")
        if closes_at and "closes_at" in self.changed_data and closes_at <= clock.now():
            raise forms.ValidationError(
                _("This time has passed. To close the letter now, use the button “Close”."),
                code="past",
            )
        return closes_at

    def clean_retention_months(self) -> int:
        """What has passed is no time to keep something until: all of it would go at once."""
        months: int = self.cleaned_data["retention_months"]
        if (
            "retention_months" in self.changed_data
            and self.instance.pk
            and self.instance.closed_at(clock.now()) is not None
            and retention_months.deletes_at_once(self.instance, months, now=clock.now())
        ):
            raise forms.ValidationError(
                _(
                    "The letter closed longer ago than that, so the personal data of its"
                    " signatories would be deleted at once. Please enter more months."
                ),
                code="past",
            )
        return months


class TextForm(EditForm[Translation]):
    """One language of a draft version."""

    derived = ("html", "sha256")

    class Meta:
        model = Translation
        fields = ("language", "title", "addressee", "markdown")
        widgets = {"markdown": forms.Textarea(attrs={"rows": 24, "cols": 90})}

    def save(self, commit: bool = True) -> Translation:
        publishing.derive(self.instance)
        return super().save(commit)


class UpdateTextForm(EditForm[UpdateText]):
    """An update in one language, while it is a draft."""

    derived = ("html",)

    class Meta:
        model = UpdateText
        fields = ("language", "title", "markdown")
        widgets = {"markdown": forms.Textarea(attrs={"rows": 16, "cols": 90})}

    def save(self, commit: bool = True) -> UpdateText:
        publishing_updates.derive(self.instance)
        return super().save(commit)


class TextFormSet(EditFormSet):
    """The texts of a version or an update: a new one is in the next language that is missing."""

    def __init__(
        self, *args: Any, letter: Letter | None = None, title: str = "", **kwargs: Any
    ) -> None:
        self._missing = self._languages_missing(kwargs.get("instance"), letter)
        kwargs["initial"] = [{"language": code} for code in self._missing]
        if title and kwargs["initial"]:
            kwargs["initial"][0]["title"] = title
        super().__init__(*args, **kwargs)

    @staticmethod
    def _languages_missing(owner: Any, letter: Letter | None) -> list[str]:
        letter = letter or (owner.letter if owner is not None and owner.letter_id else None)
        texts = getattr(owner, "translations", None) or getattr(owner, "texts", None)
        written = set(texts.values_list("language", flat=True)) if texts and owner.pk else set()
        codes = [code for code, _name in settings.LANGUAGES if code not in written]
        reference = letter.reference_language if letter is not None else ""
        return sorted(codes, key=lambda code: code != reference)

    @property
    def empty_form(self) -> Any:
        """What a browser copies for one text more."""
        form = super().empty_form
        offered = len(self.extra_forms)
        form.initial["language"] = next(iter(self._missing[offered:]), "")
        return form


class ActForm(forms.Form):
    """Why a letter is opened, closed or published: kept in the audit record."""

    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
