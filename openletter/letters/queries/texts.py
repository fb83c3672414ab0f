"""Published texts, kept by the process: a published text never changes, so one reading is enough.

Who signs or confirms asks for the text again and again; its letter, which opens, closes and moves,
is read afresh each time.
"""

from __future__ import annotations

from copy import copy
from uuid import UUID

from openletter.letters.models import Letter, Translation
from openletter.lib.db import rows

_MOST_KEPT = 500
_kept: dict[int | UUID, Translation] = {}

# Read with the letter, so that it costs no question of its own.
_NEWEST = """(
    SELECT version.id FROM letters_textversion AS version
    WHERE version.letter_id = letters_letter.id AND version.published_at IS NOT NULL
    ORDER BY version.number DESC LIMIT 1
)"""


def text_with_letter(which: int | UUID) -> Translation | None:
    """Return a published text by its key or public id, without the long columns, with its letter.

    Its letter's `newest_id` is the newest published version, which may have replaced this one.
    """
    kept = _kept.get(which) or _read(which)
    if kept is None:
        return None
    # A copy: each request sets a letter of its own, and others have this text in hand too.
    text = copy(kept)
    text.version = copy(kept.version)
    newest = ("newest_id", _NEWEST)
    letter = rows.find(Letter, "id", text.version.letter_id, also=newest)
    if letter is None:
        return None
    text.version.letter = letter
    return text


def _read(which: int | UUID) -> Translation | None:
    texts = Translation.objects.select_related("version").defer("markdown", "html")
    found = texts.filter(version__published_at__isnull=False)
    text = found.filter(pk=which) if isinstance(which, int) else found.filter(public_id=which)
    kept = text.first()
    if kept is not None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[which] = kept
    return kept
