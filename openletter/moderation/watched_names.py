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
# Of a hundred. Whole names without spaces, and each word of a listed name beside the word of the
# other that is most like it: "Katherine" is 78 to "Catherine", and "Alan" 67 to "Alice".
_LEAST_ALIKE, _WORDS_LEAST_ALIKE = 90.0, 77.0
_SHORT = 4  # "Jo" and "Bo" are two people
_APART = re.compile(r"[^a-z0-9]+")
# A soft sign, and what stands in names such as O'Neill.
_WITHIN = str.maketrans("", "", "'`\"")


@dataclass(frozen=True)
class Watched:
    """All that is listed, as names are compared: each row's words, and all words once."""

    rows: list[WatchedName]
    wholes: list[str]
    words: list[frozenset[str]]
    all_words: list[str]

    def claimed_by(self, its_words: list[str]) -> set[int]:
        """Return the places of those that a name of these words could be taken for."""
        found = {place for _one, place in _alike("".join(its_words), self.wholes, _LEAST_ALIKE)}
        known: set[str] = set()
        for word in set(its_words):
            for wanted, _place in _alike(word, self.all_words, _WORDS_LEAST_ALIKE):
                if wanted == word or min(len(wanted), len(word)) >= _SHORT:
                    known.add(wanted)
        # One word alone is in too many names.
        return found | {
            n for n, words in enumerate(self.words) if len(words) > 1 and words <= known
        }


def _alike(text: str, among: list[str], least: float) -> list[tuple[str, int]]:
    found = process.extract(text, among, scorer=fuzz.ratio, score_cutoff=least, limit=None)
    return [(one, place) for one, _score, place in found]


_kept: tuple[float, Watched] | None = None


def spelling(name: str) -> str:
    """Return a name as it is listed once: in Latin letters, without accents, its words sorted."""
    return " ".join(sorted(_words(name)))


def _words(name: str) -> list[str]:
    words = _APART.split(anyascii(name).casefold().translate(_WITHIN))
    return [word for word in words if word]


def claimed_by(name: str, *, letter_id: int | None = None) -> list[WatchedName]:
    """Return the names, listed for the site or for a letter, that a name could be taken for."""
    watched = _watched()
    if not watched.rows:
        return []
    spelled = [words for text in (name, look_alikes.as_read(name)) if (words := _words(text))]
    places = {place for words in spelled for place in watched.claimed_by(words)}
    found = [watched.rows[place] for place in sorted(places)]
    return [row for row in found if row.letter_id in {None, letter_id}]


def forget() -> None:
    """Read the list again before the next answer, because it changed."""
    global _kept
    _kept = None


def _watched() -> Watched:
    global _kept
    kept = _kept  # once: another thread may forget it meanwhile
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        kept = _kept = (time.monotonic(), _read(list(WatchedName.objects.order_by("pk"))))
    return kept[1]


def _read(rows: list[WatchedName]) -> Watched:
    words = [frozenset(row.spelling.split()) for row in rows]
    wholes = ["".join(_words(row.name)) for row in rows]
    return Watched(rows, wholes, words, sorted(frozenset().union(*words)))
