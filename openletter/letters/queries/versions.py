"""The published versions of a letter's text, each in the best language there is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from openletter.letters.models import Letter, TextVersion, Translation
from openletter.letters.queries.letters import best_of


class VersionMissing(Exception):
    """There is no such version, or it is not published; or none came before it."""


@dataclass(frozen=True)
class Step:
    """Two versions that followed one another, in one of the `languages` that both have, if any."""

    earlier: Translation
    later: Translation
    languages: tuple[str, ...]


def all_of(letter: Letter) -> list[TextVersion]:
    """Return every published version, newest first, with its translations but not their texts."""
    translations = Translation.objects.defer("markdown", "html").order_by("language")
    return list(_published(letter).prefetch_related(Prefetch("translations", translations)))


def sender_of(letter: Letter) -> str:
    """Return who writes, as readers of the newest version see it."""
    senders = _published(letter).values_list("sender_name", flat=True)
    return senders.first() or letter.sender_name


def texts_of(letter: Letter, number: int) -> list[Translation]:
    """Return a published version's texts. Raises `VersionMissing`."""
    texts = Translation.objects.filter(version__in=_published(letter), version__number=number)
    found = list(texts.select_related("version__letter").order_by("language"))
    if not found:
        raise VersionMissing(number)
    return found


def step_to(letter: Letter, number: int, language: str) -> Step:
    """Return a published version and the one before it, in the language asked for if both have it.

    Else in another that both have. Raises `VersionMissing`, also for the first version.
    """
    texts = Translation.objects.order_by("language")
    versions = _published(letter).filter(number__lte=number)
    found = list(versions.prefetch_related(Prefetch("translations", texts))[:2])
    if len(found) < 2 or found[0].number != number:
        raise VersionMissing(number)
    later, earlier = (list(version.translations.all()) for version in found)
    shared = {text.language for text in later} & {text.language for text in earlier}
    chosen = best_of([text for text in later if text.language in shared] or later, language)
    before = [text for text in earlier if text.language in shared] or earlier
    return Step(best_of(before, chosen.language), chosen, tuple(sorted(shared)))


def _published(letter: Letter) -> QuerySet[TextVersion]:
    return TextVersion.objects.published().filter(letter=letter).select_related("letter")
