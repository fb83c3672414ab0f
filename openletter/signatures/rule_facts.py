"""What rules have to be told of a letter: looked up once in a while, and kept by the process.

Each costs the same however many have signed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from openletter.lib.db import search
from openletter.lib.people import look_alikes
from openletter.moderation import watched_names
from openletter.signatures.models import Signature

# Of so many who confirmed last it is known what they wrote; countries of fewer say nothing.
LAST, LEAST = 1_000, 100
_OF_LAST = ("country", "name")
# Of a name, as it is spelled to be compared.
_TITLES = frozenset([
    *("prof", "professor", "dr", "drs", "mr", "mrs", "ms", "miss", "sir", "dame", "lord", "lady"),
    *("mag", "ing", "dipl", "phd", "md", "ma", "mba", "msc", "bsc", "hc", "habil", "rer", "nat"),
    *("med", "phil", "jur", "herr", "frau"),
])  # fmt: skip

T = TypeVar("T")


@dataclass
class _Kept(Generic[T]):
    """What was looked up for each letter, for so many seconds."""

    seconds: float
    look_up: Callable[[int], T]
    found: dict[int, tuple[float, T]] = field(default_factory=dict)

    def of(self, letter_id: int) -> T:
        kept = self.found.get(letter_id)
        if kept is None or time.monotonic() - kept[0] > self.seconds:
            kept = self.found[letter_id] = (time.monotonic(), self.look_up(letter_id))
        return kept[1]


@dataclass
class OfLast:
    """How often those who confirmed last named each country, and signed under each name."""

    countries: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)

    @classmethod
    def among(cls, rows: Iterable[tuple[str, str]]) -> OfLast:
        found = cls()
        for country, name in rows:
            found.count(country, name)
        return found

    def count(self, country: str, name: str, *, by: int = 1) -> None:
        if country:
            self.countries[country] += by
        for look in _looks(name):
            self.names[look] += by

    def percent_from(self, country: str) -> int:
        total = self.countries.total()
        return 100 * self.countries[country] // total if total >= LEAST else 0

    def called(self, name: str) -> int:
        return max((self.names[look] for look in _looks(name)), default=0)


def is_first_signatory(signature: Signature) -> bool:
    """Say whether it has the name of a first signatory of its letter, who is another."""
    firsts = _first_signatories.of(signature.letter_id)
    if not firsts:
        return False
    names = [name for name in (signature.name, signature.represented_by) if name]
    return any(
        pk != signature.pk
        for name in names
        for spelling in _spellings(name)
        for pk in firsts.get(spelling, ())
    )


def of_last(signature: Signature) -> OfLast:
    """Return what is known of those who confirmed last on its letter."""
    return _last.of(signature.letter_id)


def forget() -> None:
    """Look it up again before the next answer."""
    _first_signatories.found.clear()
    _last.found.clear()


def _looks(name: str) -> set[str]:
    """Return a name as it is searched, as it is and as it is read."""
    return {search.fold(name), search.fold(look_alikes.as_read(name))} - {"", " "}


def _spellings(name: str) -> set[str]:
    """Return a name without titles, as it is read and as it looks, its words in one order."""
    found = set()
    for text in (name, look_alikes.as_read(name)):
        words = [word for word in watched_names.spelling(text).split() if word not in _TITLES]
        found.add(" ".join(words))
    return found - {""}


def _look_up_first(letter_id: int) -> dict[str, list[int]]:
    rows = Signature.objects.named().filter(letter=letter_id, first_position__isnull=False)
    found: dict[str, list[int]] = {}
    for pk, *names in rows.values_list("pk", "name", "represented_by"):
        for name in filter(None, names):
            for spelling in _spellings(name):
                found.setdefault(spelling, []).append(pk)
    return found


def _look_up_last(letter_id: int) -> OfLast:
    confirmed = Signature.objects.filter(letter=letter_id, confirmed_at__isnull=False)
    return OfLast.among(confirmed.order_by("-created_at", "-pk")[:LAST].values_list(*_OF_LAST))


_first_signatories = _Kept(10.0, _look_up_first)
_last = _Kept(60.0, _look_up_last)
