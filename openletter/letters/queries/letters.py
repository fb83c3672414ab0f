"""A letter as it is read: the newest published text, in the best language there is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery
from django.utils.translation import get_language_info

from openletter.letters import excerpts, slugs
from openletter.letters.models import FormerSlug, Letter, TextVersion, Translation
from openletter.letters.queries import texts
from openletter.lib.db import clock, rows

_NEWEST_NUMBER = """(
    SELECT COALESCE(MAX(version.number), 1) FROM letters_textversion AS version
    WHERE version.letter_id = letters_letter.id AND version.published_at IS NOT NULL
)"""


def direction_of(language: str) -> str:
    """Return the direction a language is written in, as HTML's `dir`; `ltr` of an unknown one."""
    with suppress(KeyError):
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    return "ltr"


class LetterMissing(Exception):
    """There is no such letter, or nobody may read it yet."""


class LetterMoved(Exception):
    """The letter has another address now: `slug`."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass(frozen=True)
class LetterView:
    """What pages show of a letter, in one language; `languages` are all that this text has."""

    translation: Translation
    now: datetime
    languages: tuple[str, ...] = ()

    @property
    def letter(self) -> Letter:
        return self.translation.version.letter

    @property
    def slug(self) -> str:
        return self.letter.slug

    @property
    def title(self) -> str:
        return self.translation.title

    @property
    def addressee(self) -> str:
        return self.translation.addressee

    @property
    def html(self) -> str:
        return self.translation.html

    @cached_property
    def excerpt(self) -> str:
        return excerpts.excerpt(self.translation.html)

    @property
    def language(self) -> str:
        return self.translation.language

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def published_at(self) -> datetime | None:
        return self.translation.version.published_at

    @property
    def version_number(self) -> int:
        return self.translation.version.number

    @property
    def is_changed(self) -> bool:
        """Say whether another wording was published before: numbers begin at 1 and skip none."""
        return self.version_number > 1

    @property
    def sha256(self) -> str:
        return self.translation.sha256

    @property
    def goal(self) -> int | None:
        return self.letter.goal

    @property
    def sender_name(self) -> str:
        return self.translation.version.sender_name

    @property
    def opens_at(self) -> datetime | None:
        return self.letter.opens_at

    @property
    def closes_at(self) -> datetime | None:
        return self.letter.closes_at

    @property
    def last_open_at(self) -> datetime | None:
        """The last moment in which one can sign: the day before, if that ends at midnight."""
        return self.closes_at and self.closes_at - timedelta.resolution

    @property
    def state(self) -> str:
        return self.letter.state

    @property
    def is_open(self) -> bool:
        return self.letter.is_open(self.now)

    @property
    def is_reviewed(self) -> bool:
        return self.letter.is_reviewed

    @property
    def takes_organisations(self) -> bool:
        return self.letter.takes_organisations

    @property
    def asks_comment(self) -> bool:
        return self.letter.asks_comment


def letter_in(slug: str, language: str) -> LetterView:
    """Return the letter in a language, or else in its reference language.

    Raises `LetterMissing`, or `LetterMoved` when the letter once had this address, or has it in
    small letters and somebody wrote capitals.
    """
    found = texts.newest_texts("slug", slug)
    if not found:
        letter = letter_at(slug)
        if letter is None or letter.slug == slug:
            raise LetterMissing(slug)
        raise LetterMoved(letter.slug)
    return view_of(found, language, now=clock.now())


def view_of(texts: Sequence[Translation], language: str, *, now: datetime) -> LetterView:
    """Return one version's texts, with their letter, as they are read in a language."""
    return LetterView(best_of(texts, language), now, tuple(text.language for text in texts))


def letter_at(slug: str) -> Letter | None:
    """Return the letter that anybody may read and that has this address, or once had it.

    However it is written: somebody types it in capitals, and programs print it so on posters.
    """
    stored = slugs.as_stored(slug)
    is_present = ExpressionWrapper(Q(slug=stored), output_field=BooleanField())
    letters = Letter.objects.public().filter(Q(slug=stored) | Q(former_slugs__slug=stored))
    return letters.order_by(is_present.desc(), "pk").first()


def letter_and_newest(slug: str) -> tuple[Letter, int] | None:
    """Return the letter that anybody may read and that has this address, without its words.

    And the number of its newest published version, 1 if it has none.
    """
    letter = rows.find(Letter, "slug", slug, also=("newest_number", _NEWEST_NUMBER))
    if letter is None or letter.state == Letter.State.DRAFT:
        return None
    newest: int = letter.newest_number  # type: ignore[attr-defined]  # read with it
    return letter, newest


def letter_with_id(public_id: UUID, language: str) -> LetterView:
    """Return the letter with a public id in a language; raises `LetterMissing`."""
    found = texts.newest_texts("public_id", public_id)
    if not found:
        raise LetterMissing(public_id)
    return LetterView(best_of(found, language), clock.now())


def newest_text(like: Translation) -> Translation:
    """Return the newest published text of a text's letter, in its language if there is one.

    Else it is in the letter's reference language, so look at `language`. It may be the same text.
    Raises `LetterMissing` when nobody may read the letter.
    """
    letter_id = like.version.letter_id
    found = texts.newest_texts("id", letter_id)
    if not found:
        raise LetterMissing(letter_id)
    return best_of(found, like.language)


def best_of(texts: Sequence[Translation], language: str) -> Translation:
    """Choose from the texts of one version: the language, else the reference, else any."""
    by_language = {text.language: text for text in texts}
    reference = texts[0].version.letter.reference_language
    return by_language.get(language) or by_language.get(reference) or texts[0]


def letters_in(language: str) -> list[LetterView]:
    """Return every public letter for the home page, newest first, without its words."""
    texts = (
        Translation.objects.filter(
            version__letter__in=Letter.objects.public(),
            version=_newest_version_of("version__letter"),
        )
        .select_related("version__letter")
        .defer("markdown", "html")
        .order_by("-version__published_at", "-version__letter_id")
    )
    chosen: dict[int, Translation] = {}
    for text in texts:
        letter = text.version.letter
        rank = {language: 2, letter.reference_language: 1}
        best = chosen.get(letter.pk)
        if best is None or rank.get(text.language, 0) > rank.get(best.language, 0):
            chosen[letter.pk] = text
    return [LetterView(text, clock.now()) for text in chosen.values()]


def signed_text(public_id: UUID) -> Translation | None:
    """Return the published text with this id and its letter, without the long columns."""
    text = texts.text_with_letter(public_id)
    if text is None or text.version.letter.state == Letter.State.DRAFT:
        return None
    return text


def had_slug(letter: Letter, slug: str) -> bool:
    """Say whether a letter has this address, or once had it, however it is written."""
    stored = slugs.as_stored(slug)
    if letter.slug == stored:
        return True
    return FormerSlug.objects.filter(letter=letter, slug=stored).exists()


def is_replaced(text: Translation) -> bool:
    """Say whether a newer version of the letter was published since `signed_text` was asked."""
    newest_id: int = text.version.letter.newest_id  # type: ignore[attr-defined]  # read with it
    return newest_id != text.version_id


def _newest_version_of(letter: str) -> Subquery:
    newest = TextVersion.objects.published().filter(letter=OuterRef(letter))
    return Subquery(newest.values("pk")[:1])
