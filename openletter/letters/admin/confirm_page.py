"""Pages of the admin that several desks share: ask once more, and what was typed but not saved.

What is asked shows the words it is about as readers will see them, and brings a fingerprint of all
that was shown; the flow refuses when it does not fit any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from openletter.letters import rendering
from openletter.letters.diff import differences
from openletter.letters.diff.differences import Changes
from openletter.letters.markup.warnings import TextWarning, warnings_for
from openletter.letters.models import Translation, UpdateText
from openletter.letters.publishing import ChangedMeanwhile, Deleted, NotPossible
from openletter.letters.queries.letters import direction_of

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object

_MOST_TEXTS = 50
_MOST_CHARACTERS = 100_000
# The hidden field with the fingerprint of what was shown.
SEEN = "seen"


@dataclass(frozen=True)
class ShownText:
    """A text in one language as readers will see it, and what changes for them."""

    text: Translation | UpdateText
    html: str
    earlier: Translation | None = None
    changes: Changes | None = None

    @property
    def direction(self) -> str:
        return direction_of(self.text.language)

    @property
    def language_name(self) -> str:
        return _language_name(self.text.language)

    @property
    def warnings(self) -> list[TextWarning]:
        """What its author should look at before it is published."""
        return warnings_for(self.text.markdown)


@dataclass(frozen=True)
class Question:
    """What is asked before an act, and everything that is shown for it."""

    label: object
    question: object
    subject: object
    back: str
    seen: str = ""
    texts: Sequence[ShownText] = ()
    is_published: bool = False  # so that its texts are what they are
    earlier_number: int | None = None
    sender_name: str = ""
    earlier_sender: str = ""
    # What the form brings along that was typed on the page before, but not saved.
    typed: Iterable[tuple[str, str]] = field(default_factory=list)


def ask(
    desk: admin.ModelAdmin[Any],
    request: HttpRequest,
    asked: Question,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Return a page that asks once more; its button posts to the same address."""
    context = {
        **desk.admin_site.each_context(request),
        "title": asked.label,
        "asked": asked,
        "form": form,
        "seen_name": SEEN,
        "opts": desk.model._meta,
    }
    return TemplateResponse(request, "admin/letters/ask.html", context)


class NotSeenYet(Exception):
    """Something would be stored that nobody was shown; raised within saving, so nothing is.

    `question` makes what is asked of the subject, as that is read again.
    """

    def __init__(self, question: Callable[[Any], Question]) -> None:
        super().__init__()
        self.question = question


class AsksBeforeStoring(_Base):
    """An admin whose page asks by a question what `NotSeenYet` says of what was typed there."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotSeenYet as problem:  # and all of it is rolled back
            subject = self.get_object(request, str(object_id))
            return ask(self, request, problem.question(subject))


def typed_before(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed on the page before, for a question about it to bring along."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", SEEN}
    ]


def act_on(
    subject: Model,
    request: HttpRequest,
    act: Callable[[str], None] | None,
    *,
    back: str,
    done: object,
    check: Callable[[], object] | None = None,
) -> HttpResponse | None:
    """Do what was asked about and lead back; None when the page is to be shown, or shown again.

    `act` is given the fingerprint of what was shown, and is None until the button is pressed on a
    form that is valid. `check` says before whether there is anything to ask. Both may raise
    `NotPossible`; after `ChangedMeanwhile` the subject is read again.
    """
    try:
        if check is not None:
            check()
        if act is None:
            return None
        act(request.POST.get(SEEN, ""))
    except ChangedMeanwhile as problem:
        messages.error(request, str(problem))
        return None if _is_there(subject) else redirect(back)
    except ObjectDoesNotExist:  # what it is about, or what belongs to that
        messages.error(request, str(Deleted()))
    except NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, str(done))
    return redirect(back)


def _is_there(subject: Model) -> bool:
    """Read again what is asked about; say whether it is still there."""
    try:
        subject.refresh_from_db()
    except ObjectDoesNotExist:
        return False
    return True


def shown(
    texts: Iterable[Translation | UpdateText], *, before: Iterable[Translation] = ()
) -> list[ShownText]:
    """Return texts the way readers will see them, each compared with the one in its language."""
    earlier = {text.language: text for text in before}
    return [_shown(text, earlier.get(text.language)) for text in texts]


def _shown(text: Translation | UpdateText, earlier: Translation | None) -> ShownText:
    changes = None
    if earlier is not None and isinstance(text, Translation):
        changes = differences.between(earlier, text)
    return ShownText(text, rendering.to_html(text.markdown), earlier, changes)


def typed_texts(request: HttpRequest, prefix: str) -> list[dict[str, Any]]:
    """Return the texts of an inline formset as typed, saved or not, the way readers see them."""
    texts: list[dict[str, Any]] = []
    for number in range(_MOST_TEXTS):
        markdown = request.POST.get(f"{prefix}-{number}-markdown")
        if markdown is None:
            continue  # published, so shown without a field, or never there
        typed: dict[str, Any] = {
            name: request.POST.get(f"{prefix}-{number}-{name}", "")
            for name in ("language", "title", "addressee")
        }
        typed["html"] = rendering.to_html(markdown[:_MOST_CHARACTERS])
        typed["warnings"] = warnings_for(markdown[:_MOST_CHARACTERS])
        typed["language_name"] = _language_name(typed["language"])
        typed["direction"] = direction_of(typed["language"])
        texts.append(typed)
    return texts


def _language_name(code: str) -> str:
    """Return a language's name, or what was typed for it."""
    return str(dict(settings.LANGUAGES).get(code, code))
