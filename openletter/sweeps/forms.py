"""What moderators type about a sweep: what to look for, and what happens to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Letter, TextVersion
from openletter.lib.db import search
from openletter.moderation import given_reasons
from openletter.moderation.forms import LEAST_REASON_LENGTH, MOST_REASON_LENGTH
from openletter.signatures import countries, held_reasons
from openletter.signatures.abuse import flags
from openletter.signatures.models import COUNTED, Signature
from openletter.sweeps import questions
from openletter.sweeps.models import MOST_ALONE, Sweep

_ANY = [("", _("Any"))]


def _moment() -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, widget=widget)


class QuestionForm(forms.Form):
    """What to look for; everything that is filled in has to hold."""

    letter = forms.ModelChoiceField(Letter.objects.none(), label=_("Letter"))
    domain = forms.CharField(
        label=_("E-mail domain"),
        required=False,
        max_length=255,
        help_text=_("All of it, such as example.org. Subdomains are domains of their own."),
    )
    name = forms.CharField(
        label=_("Name, title or affiliation"),
        required=False,
        max_length=200,
        help_text=_(
            "Parts of them, in any order and spelling. All of these words have to be there."
        ),
    )
    signed_from = _moment()
    signed_to = _moment()
    because = forms.ChoiceField(label=_("Held because"), required=False)
    flag = forms.ChoiceField(label=_("Suspicion"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.CharField(
        label=_("Language of the text"),
        required=False,
        max_length=10,
        help_text=_("Its code, such as en or de."),
    )
    version = forms.IntegerField(
        label=_("Number of the version"), required=False, min_value=1, max_value=2**31 - 1
    )
    signed_in_state = forms.ChoiceField(label=_("State"), required=False)
    # The beginning of a network's key, which only links bring along.
    network = forms.RegexField(
        r"^(?:[0-9a-f]{2}){4,32}$", required=False, widget=forms.HiddenInput()
    )

    def __init__(self, *args: Any, letters: QuerySet[Letter], **options: Any) -> None:
        """Let one of these letters be chosen: those about whose signatures the reader decides."""
        super().__init__(*args, **options)
        self.fields["letter"].queryset = letters.order_by("title")  # type: ignore[attr-defined]
        self.fields["signed_from"].label = _("Signed from")
        self.fields["signed_to"].label = _("Signed before")
        choices: dict[str, list[tuple[str, Any]]] = {
            "because": [*_ANY, *held_reasons.all_reasons().items()],
            "flag": [*_ANY, *flags.MEANINGS.items()],
            "country": [*_ANY, *countries.names().items()],
            "signed_in_state": [
                ("", _("published, or waiting for review")),
                *((state, Signature.State(state).label) for state in COUNTED),
            ],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]

    def clean_domain(self) -> str:
        return str(self.cleaned_data["domain"]).strip().lstrip("@").lower()

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name and not search.terms(name):
            raise forms.ValidationError(
                _("Nobody is searched by signs. Please write at least a part of a word.")
            )
        return name

    def clean_language(self) -> str:
        return str(self.cleaned_data["language"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        letter, number = cleaned.get("letter"), cleaned.get("version")
        cleaned["version"] = None
        if number and letter:
            version = TextVersion.objects.filter(letter=letter, number=number).first()
            cleaned["version"] = version
            if version is None:
                self.add_error("version", _("This letter has no such version."))
        if not self.errors and questions.is_empty(self.question()):
            self.add_error(
                None,
                _(
                    "Please narrow it down: nothing but a letter is chosen, and this would sweep"
                    " away everything that was signed under it."
                ),
            )
        return cleaned

    def question(self) -> Sweep:
        """Return what is asked for, not stored yet."""
        asked = {name: value for name, value in self.cleaned_data.items() if name != "network"}
        network = bytes.fromhex(self.cleaned_data["network"])
        return Sweep(**{name: asked[name] for name in asked}, network_key=network)


class BeginForm(forms.Form):
    """What happens to all that was found, and why."""

    to = forms.ChoiceField(
        label=_("What happens"),
        choices=Sweep.To.choices,
        widget=forms.RadioSelect,
        initial=Sweep.To.REMOVED,
    )
    given = forms.ChoiceField(label=_("Reason"), required=False)
    reason = forms.CharField(
        label=_("Reason in your own words"),
        required=False,
        min_length=LEAST_REASON_LENGTH,
        max_length=MOST_REASON_LENGTH,
        help_text=_("Kept in the audit record. Please mention no names or addresses here."),
    )
    tells = forms.BooleanField(
        label=_("Tell those who are removed why by e-mail, and how to answer"),
        required=False,
        help_text=_(
            "It leaves ten minutes later, unless the sweep is undone before. Another moderator"
            " reads the answers. Nobody is told about what a program sent."
        ),
    )
    public_note = forms.CharField(
        label=_("Public note"),
        required=False,
        max_length=500,
        help_text=_("Anybody can read it, beside the number of signatures and the date."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, size: int, **options: Any) -> None:
        super().__init__(*args, **options)
        # Whoever removes more has to want to write to so many.
        self.fields["tells"].initial = size <= MOST_ALONE
        given = [("", _("In your own words")), *given_reasons.TO_REMOVE.items()]
        self.fields["given"].choices = given  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed, given = cleaned.get("reason", ""), cleaned.get("given", "")
        if not self.errors and not (typed or given):
            self.add_error(None, _("Please say why: choose a reason or write one."))
        cleaned["why"] = typed or given
        return cleaned
