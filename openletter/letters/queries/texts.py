"""Published texts, kept by the process: a published text never changes, so one reading is enough.

Who signs or confirms asks for the text again and again; its letter, which opens, closes and moves,
is read afresh each time.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model

from openletter.letters.models import Letter, Translation
from openletter.lib.db import rows

M = TypeVar("M", bound=Model)

_MOST_KEPT = 500
_kept: dict[int | UUID, Translation] = {}

# Read with the letter, so that it costs no question of its own.
_NEWEST = """(
    SELECT version.id FROM letters_textversion AS version
    WHERE version.letter_id = letters_letter.id AND version.published_at IS NOT NULL
    ORDER BY version.number DESC LIMIT 1
)"""


_NEWEST_TEXTS = f"""ARRAY(
    SELECT text.id FROM letters_translation AS text
    WHERE text.version_id = {_NEWEST} ORDER BY text.id
)"""  # noqa: S608 - no text of anybody
# For `rows.find` of a letter: `newest_id` is its newest published version.
NEWEST = ("newest_id", _NEWEST)


def text_with_letter(which: int | UUID) -> Translation | None:
    """Return a published text by its key or public id, with its letter and without its Markdown.

    Its letter's `newest_id` is the newest published version, which may have replaced this one.
    """
    kept = _kept.get(which) or _read(which)
    letter = rows.find(Letter, "id", kept.version.letter_id, also=NEWEST) if kept else None
    return text_of(letter, which) if letter else None


def newest_texts(column: str, value: object) -> list[Translation]:
    """Return the texts of a letter's newest published version, each with the letter.

    The letter is found by one of its unique columns. Empty when there is none that anybody may
    read, or it has no text.
    """
    letter = rows.find(Letter, column, value, also=("text_ids", _NEWEST_TEXTS))
    if letter is None or letter.state == Letter.State.DRAFT:
        return []
    ids: list[int] = letter.text_ids  # type: ignore[attr-defined]  # read with it
    return [text for one in ids if (text := text_of(letter, one)) is not None]


def text_of(letter: Letter, which: int | UUID) -> Translation | None:
    """Return a published text of a letter that is in hand, without its Markdown."""
    kept = _kept.get(which) or _read(which)
    if kept is None:
        return None
    # A copy: each request sets a letter of its own, and others have this text in hand too.
    text = _copied(kept)
    text.version = _copied(kept.version)
    text.version.letter = letter
    return text


def _copied(row: M) -> M:
    """Return a row of its own that says the same; much faster than `copy.copy`."""
    copied = object.__new__(type(row))
    copied.__dict__ = row.__getstate__()
    return copied


def _read(which: int | UUID) -> Translation | None:
    texts = Translation.objects.select_related("version").defer("markdown")
    found = texts.filter(version__published_at__isnull=False)
    text = found.filter(pk=which) if isinstance(which, int) else found.filter(public_id=which)
    kept = text.first()
    if kept is not None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        # By both, because its words are long: who reads knows its key, who signs its public id.
        _kept[kept.pk] = _kept[kept.public_id] = kept
    return kept
