"""Names that others like to forge, and which of them a signature claims.

Past letters were signed by presidents and actors who had never heard of them. A name is found in
another order, with titles and middle names, with a letter or two wrong, in another alphabet, and
written in letters of another alphabet that look the same.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from anyascii import anyascii
from rapidfuzz import fuzz, process

from openletter.lib.people import look_alikes
from openletter.moderation.models import WatchedName

# How long a process goes on with what it read; every confirmation asks for it.
_KEPT_SECONDS = 10.0
# Of a hundred. "Alice Peacock" is 92 to "Alise Peacock" and 88 to "Alan Peacock".
_LEAST_ALIKE = 90.0
_APART = re.compile(r"[^a-z0-9]+")
# A soft sign, and what stands in names such as O'Neill.
_WITHIN = str.maketrans("", "", "'`\"")


@dataclass(frozen=True)
class Watched:
    """All that is listed, as names are compared."""

    rows: tuple[tuple[frozenset[str], WatchedName], ...]
    spellings: tuple[str, ...]


_kept: tuple[float, Watched] | None = None


def spelling(name: str) -> str:
    """Return a name as it is compared: in Latin letters, without accents, words in their order."""
    words = _APART.split(anyascii(name).casefold().translate(_WITHIN))
    return " ".join(sorted(word for word in words if word))


def claimed_by(name: str) -> list[WatchedName]:
    """Return the listed names that somebody's name could be taken for."""
    watched = _watched()
    if not watched.rows or not name:
        return []
    found: dict[int, WatchedName] = {}
    for text in {spelling(name), spelling(look_alikes.as_read(name))}:
        words = frozenset(text.split())
        for wanted, row in watched.rows:
            if len(wanted) > 1 and wanted <= words:
                found[row.pk] = row
        alike = process.extract(
            text, watched.spellings, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=3
        )
        for _text, _score, place in alike:
            row = watched.rows[place][1]
            found[row.pk] = row
    return list(found.values())


def forget() -> None:
    """Read the list again before the next answer, because it changed."""
    global _kept
    _kept = None


def _watched() -> Watched:
    global _kept
    kept = _kept  # once: another thread may forget it meanwhile
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        rows = tuple(WatchedName.objects.order_by("pk"))
        words = tuple((frozenset(row.spelling.split()), row) for row in rows)
        kept = _kept = (time.monotonic(), Watched(words, tuple(row.spelling for row in rows)))
    return kept[1]
