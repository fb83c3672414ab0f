"""A letter's public number: read, and counted again by independent ways."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count

from openletter.letters.models import Letter
from openletter.lib import clock
from openletter.signatures.models import Signature, Tally


@dataclass(frozen=True)
class Numbers:
    """What may be said in public about how many signed."""

    people: int
    organisations: int
    goal: int | None
    as_of: datetime
    unnamed: int = 0

    @property
    def count(self) -> int:
        return self.people + self.organisations

    @property
    def percent(self) -> int | None:
        """How much of the goal is reached, at most 100; None without a goal."""
        return min(100, self.count * 100 // self.goal) if self.goal else None


def numbers_of(letter: Letter, *, with_unnamed: bool = False) -> Numbers:
    """Read a letter's numbers."""
    numbers = numbers_of_each([letter])[letter.pk]
    return replace(numbers, unnamed=_unnamed(letter.pk)) if with_unnamed else numbers


def numbers_of_each(letters: Sequence[Letter]) -> dict[int, Numbers]:
    """Read the numbers of several letters at once, by the letters' keys."""
    tallies = Tally.objects.in_bulk([letter.pk for letter in letters])
    return {letter.pk: _numbers(letter, tallies.get(letter.pk)) for letter in letters}


def _numbers(letter: Letter, tally: Tally | None) -> Numbers:
    return Numbers(
        people=tally.people if tally else 0,
        organisations=tally.organisations if tally else 0,
        goal=letter.goal,
        as_of=clock.now(),
    )


# What has to be counted row by row is counted that often at most.
_KEPT_SECONDS = 10.0
_unnamed_known: dict[int, tuple[float, int]] = {}
_by_text_known: dict[tuple[int, ...], tuple[float, dict[int, int]]] = {}


def _unnamed(letter_id: int) -> int:
    """How many published signatories prefer not to be named; counting them costs, so it is kept."""
    known = _unnamed_known.get(letter_id)
    if known and time.monotonic() - known[0] < _KEPT_SECONDS:
        return known[1]
    number = Signature.objects.published().filter(letter=letter_id, show_name=False).count()
    _unnamed_known[letter_id] = (time.monotonic(), number)
    return number


def signed_by_text(text_ids: Iterable[int]) -> dict[int, int]:
    """Say how many of the counted signatures belong to each text, by the texts' keys.

    The tally does not know, so these are counted, in an index that holds nothing else, and kept
    like the number of the unnamed.
    """
    ids = tuple(sorted(text_ids))
    known = _by_text_known.get(ids)
    if known and time.monotonic() - known[0] < _KEPT_SECONDS:
        return known[1]
    published = Signature.objects.published().filter(translation__in=ids)
    rows = published.values_list("translation").annotate(signatures=Count("*"))
    numbers = {**dict.fromkeys(ids, 0), **dict(rows)}
    _by_text_known[ids] = (time.monotonic(), numbers)
    return numbers


def forget() -> None:
    """Forget the numbers that this process keeps for some seconds."""
    _unnamed_known.clear()
    _by_text_known.clear()


@dataclass(frozen=True)
class Recount:
    """A letter's number, told in three ways that must agree."""

    letter_id: int
    slug: str
    tally: int
    rows: int
    ledger: int
    entries: int
    next_index: int
    tally_people: int
    rows_people: int
    last_index: int
    last_count: int

    @property
    def agrees(self) -> bool:
        return (
            self.tally == self.rows == self.ledger == self.last_count
            and self.tally_people == self.rows_people
            and self.entries == self.next_index == self.last_index + 1
        )


# One statement, so one snapshot: what is confirmed meanwhile is in all three or in none.
_RECOUNT = """
SELECT letter.id, letter.slug,
       COALESCE(tally.people + tally.organisations, 0),
       (SELECT COUNT(*) FROM signatures_signature AS s
         WHERE s.letter_id = letter.id AND s.state = 'published'),
       COALESCE(ledger.number, 0), COALESCE(ledger.entries, 0), COALESCE(tally.next_index, 0),
       COALESCE(tally.people, 0),
       (SELECT COUNT(*) FROM signatures_signature AS s
         WHERE s.letter_id = letter.id AND s.state = 'published' AND s.kind = 'person'),
       COALESCE(ledger.last_index, -1),
       COALESCE((SELECT l.count FROM signatures_ledgerentry AS l
                  WHERE l.letter_id = letter.id AND l.index = ledger.last_index), 0)
FROM letters_letter AS letter
LEFT JOIN signatures_tally AS tally ON tally.letter_id = letter.id
LEFT JOIN (
    SELECT letter_id, COUNT(*) AS entries, MAX(index) AS last_index,
           SUM(CASE WHEN kind IN ('signed', 'restored') THEN 1 ELSE -1 END) AS number
    FROM signatures_ledgerentry GROUP BY letter_id
) AS ledger ON ledger.letter_id = letter.id
ORDER BY letter.id
"""


def recount() -> list[Recount]:
    """Count every letter from its signatures and from its ledger; repair nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        return [Recount(*row) for row in cursor.fetchall()]
