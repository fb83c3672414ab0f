"""The updates on a letter as they are read: newest first, each in the best language there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from openletter.letters import excerpts
from openletter.letters.models import Letter, Update, UpdateQuerySet, UpdateText
from openletter.letters.queries.letters import direction_of
from openletter.lib.db.statements import row_of

PAGE_SIZE = 20
_MOST_KEPT = 200
# The newest ones that were asked for, by the keys of them and of their texts: what is published
# gains languages, and else never changes.
_kept: dict[tuple[int, ...], Update] = {}
# Asked by every page of a letter; most have none.
_NEWEST = """
SELECT id, ARRAY(SELECT text.id FROM letters_updatetext AS text WHERE text.update_id = one.id
    ORDER BY text.id)
FROM letters_update AS one WHERE letter_id = %s AND published_at IS NOT NULL
ORDER BY number DESC LIMIT 1
"""


class UpdateMissing(Exception):
    """There is no such update, or nobody may read it yet."""


@dataclass(frozen=True)
class UpdateView:
    """What pages and mails show of an update, in one language."""

    update: Update
    text: UpdateText

    @property
    def number(self) -> int:
        return self.update.number

    @property
    def published_at(self) -> datetime | None:
        return self.update.published_at

    @property
    def title(self) -> str:
        return self.text.title

    @property
    def html(self) -> str:
        return self.text.html

    @property
    def excerpt(self) -> str:
        return excerpts.excerpt(self.text.html)

    @property
    def language(self) -> str:
        return self.text.language

    @property
    def direction(self) -> str:
        return direction_of(self.text.language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the update has a text in."""
        return tuple(text.language for text in self.update.texts.all())


@dataclass(frozen=True)
class Page:
    """Some updates, and where the earlier ones begin ("" after the last)."""

    updates: list[UpdateView]
    next_cursor: str


def page_of(letter: Letter, language: str, *, before: int | None = None) -> Page:
    """Return a letter's published updates, newest first, from below the number `before` on."""
    published = Update.objects.published().filter(letter=letter.pk)
    if before is not None:
        published = published.filter(number__lt=before)
    found = _with_texts(published.order_by("-number")[: PAGE_SIZE + 1])
    views = [in_language(update, language, letter=letter) for update in found[:PAGE_SIZE]]
    more = len(found) > PAGE_SIZE
    return Page(views, str(views[-1].number) if more else "")


def newest(letter: Letter, language: str) -> UpdateView | None:
    """Return the newest published update, or None when there is none."""
    found = row_of(_NEWEST, [letter.pk])
    update = _with_known_texts(*found) if found else None
    return in_language(update, language, letter=letter) if update else None


def _with_known_texts(key: int, texts: list[int]) -> Update | None:
    kept = _kept.get((key, *texts))
    if kept is not None:
        return kept
    for update in _with_texts(Update.objects.filter(pk=key)):
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key, *sorted(text.pk for text in update.texts.all())] = update
        return update
    return None


def update_with_number(letter: Letter, number: int, language: str) -> UpdateView:
    """Return one published update; raises `UpdateMissing`."""
    published = Update.objects.published().filter(letter=letter.pk, number=number)
    for update in _with_texts(published):
        return in_language(update, language, letter=letter)
    raise UpdateMissing(number)


def in_language(update: Update, language: str, *, letter: Letter) -> UpdateView:
    """Return an update in a language, or else in the letter's reference language.

    An update has at least one text; `UpdateMissing` is raised for a draft that has none yet.
    """
    texts = {text.language: text for text in update.texts.all()}
    chosen = texts.get(language) or texts.get(letter.reference_language)
    chosen = chosen or next(iter(texts.values()), None)
    if chosen is None:
        raise UpdateMissing(update.number)
    return UpdateView(update, chosen)


def _with_texts(updates: UpdateQuerySet) -> list[Update]:
    texts = UpdateText.objects.defer("markdown")
    return list(updates.prefetch_related(Prefetch("texts", texts)))
