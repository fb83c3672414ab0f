"""A letter's public number, and what else is said of how many signed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from django.db import connection
from django.db.models import Count

from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.lib.db import clock, rows
from openletter.signatures.models import Signature

_COUNTED = ("letter", "people", "organisations")


@dataclass(frozen=True)
class Numbers:
    """What may be said in public about how many signed.

    `by_version` holds every published version of the text by its number, in order.
    """

    people: int
    organisations: int
    goal: int | None
    as_of: datetime
    unnamed: int = 0  # who prefer not to be named
    erased: int = 0  # whose data was deleted
    by_version: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return self.people + self.organisations

    @property
    def next_goal(self) -> int:
        """The next round number, or the organiser's goal if that comes before."""
        step = next(step for step in _round_numbers() if step > self.count)
        return min(step, self.goal) if self.goal and self.count < self.goal else step

    @property
    def percent(self) -> int | None:
        """How much of the goal is reached, at most 100; None without a goal."""
        return min(100, self.count * 100 // self.goal) if self.goal else None


def _round_numbers() -> Iterator[int]:
    """25, 50, 100, 250, 500, 1,000 and so on: each within reach of those before."""
    yield 25
    for power in count(1):
        yield from (5 * 10**power, 10 * 10**power, 25 * 10**power)


def numbers_of(letter: Letter, *, newest_version: int, with_unnamed: bool = False) -> Numbers:
    """Read a letter's numbers. `newest_version` is the number of its newest published text."""
    numbers = numbers_of_each({letter: newest_version})[letter.pk]
    if not with_unnamed:
        return numbers
    unnamed, erased = _unnamed(letter.pk)
    return replace(numbers, unnamed=unnamed, erased=erased)


def numbers_of_each(newest_versions: Mapping[Letter, int]) -> dict[int, Numbers]:
    """Read the numbers of several letters at once, by the letters' keys."""
    letters = {"letters": [letter.pk for letter in newest_versions]}
    found = rows.values(Tally, _COUNTED, "WHERE letter_id = ANY(%(letters)s::bigint[])", letters)
    tallies = {tally["letter"]: (tally["people"], tally["organisations"]) for tally in found}
    changed = [letter.pk for letter, newest in newest_versions.items() if newest > 1]
    counted = signed_by_version(changed) if changed else {}
    return {
        letter.pk: _numbers(
            letter, tallies.get(letter.pk, (0, 0)), newest, counted.get(letter.pk, {})
        )
        for letter, newest in newest_versions.items()
    }


def _numbers(
    letter: Letter, tally: tuple[int, int], newest: int, counted: dict[int, int]
) -> Numbers:
    people, organisations = tally
    return Numbers(
        people=people,
        organisations=organisations,
        goal=letter.goal,
        as_of=clock.now(),
        by_version=_shares(people + organisations, newest, counted),
    )


def _shares(total: int, newest: int, counted: dict[int, int]) -> dict[int, int]:
    """Divide the number of now as it was divided some seconds ago, when it was counted.

    Who signs now signs the newest text, and so it has what is over or wanting.
    """
    shares, left = {}, total
    for number in sorted({*counted} - {newest}):
        shares[number] = min(counted[number], left)
        left -= shares[number]
    return {**shares, newest: left}


# What has to be counted row by row is counted that often at most.
_KEPT_SECONDS = 10.0
_unnamed_known: dict[int, tuple[float, tuple[int, int]]] = {}
_by_version_known: dict[int, tuple[float, dict[int, int]]] = {}


def _unnamed(letter_id: int) -> tuple[int, int]:
    """How many published signatories prefer not to be named, and how many had their data deleted.

    Counting them costs, so it is kept.
    """
    known = _unnamed_known.get(letter_id)
    if known and time.monotonic() - known[0] < _KEPT_SECONDS:
        return known[1]
    hidden = Signature.objects.published().filter(letter=letter_id, show_name=False)
    found = hidden.aggregate(all=Count("*"), erased=Count("erased_at"))
    numbers = found["all"] - found["erased"], found["erased"]
    _unnamed_known[letter_id] = (time.monotonic(), numbers)
    return numbers


# Text by text, so that each is counted in `signature_by_text`, an index that holds nothing else.
_BY_VERSION = """
SELECT version.letter_id, version.number, SUM((
    SELECT COUNT(*) FROM signatures_signature AS signature
    WHERE signature.translation_id = text.id AND signature.state = 'published'
))::bigint
FROM letters_textversion AS version
JOIN letters_translation AS text ON text.version_id = version.id
WHERE version.letter_id = ANY(%s) AND version.published_at IS NOT NULL
GROUP BY version.letter_id, version.number ORDER BY version.number
"""


def signed_by_version(letter_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Say how many of the counted signatures belong to each version of each letter's text.

    The tally does not know, so these are counted, and kept like the number of the unnamed. Ask
    only for letters with several versions; for all others the tally says it.
    """
    now, ids = time.monotonic(), list(letter_ids)
    known = {one: _by_version_known[one] for one in ids if one in _by_version_known}
    due = [one for one in ids if one not in known or now - known[one][0] >= _KEPT_SECONDS]
    if due:
        found: dict[int, dict[int, int]] = {one: {} for one in due}
        with connection.cursor() as cursor:
            cursor.execute(_BY_VERSION, [due])
            for letter_id, number, signatures in cursor.fetchall():
                found[letter_id][number] = signatures
        known |= {one: (now, numbers) for one, numbers in found.items()}
        _by_version_known.update(known)
    return {one: known[one][1] for one in ids}


def forget() -> None:
    """Forget the numbers that this process keeps for some seconds."""
    _unnamed_known.clear()
    _by_version_known.clear()
