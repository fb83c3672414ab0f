"""Everything that is told in public of a letter's numbers, in one value for all formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from openletter.counters import counts
from openletter.counters.counts import Numbers
from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter
from openletter.lib import csv_cells
from openletter.statistics.corrections import Correction, batches_of, corrections
from openletter.statistics.growth import Day, growth
from openletter.statistics.models import LetterCount
from openletter.statistics.origins import Origins, origins
from openletter.sweeps import public_notes


@dataclass(frozen=True)
class EveryNumber:
    """`numbers` are of now, the growth ends yesterday, all others are as of `counted_at`."""

    letter: Letter
    numbers: Numbers
    states: LetterCount | None
    origins: Origins
    days: list[Day]
    corrections: list[tuple[Correction, str]]  # with what is told of it

    @property
    def counted_at(self) -> datetime | None:
        return self.states.counted_at if self.states else None

    @property
    def held_since(self) -> date | None:
        """The day only: somebody might know who signed at that minute."""
        since = self.states.held_since if self.states else None
        return timezone.localdate(since) if since else None


def every_number_of(letter: Letter, *, newest_version: int, now: datetime) -> EveryNumber:
    found = corrections(letter.pk)
    told = public_notes.of_batches(batches_of(found))
    return EveryNumber(
        letter,
        counts.numbers_of(letter, newest_version=newest_version),
        LetterCount.objects.filter(letter=letter).first(),
        origins(letter.pk),
        growth(letter.pk, now=now),
        [(one, _note(one, told)) for one in found],
    )


def _note(one: Correction, told: Mapping[UUID, str]) -> str:
    """Return why signatures were removed; that it was undone says enough of those that return."""
    if one.batch is None or one.kind != LedgerEntry.Kind.REMOVED:
        return ""
    return told.get(one.batch, "")


def as_json(found: EveryNumber) -> dict[str, Any]:
    """Return it without `as_of`: the same numbers a second later are the same answer."""
    return {
        "letter": found.letter.slug,
        "count": found.numbers.count,
        "people": found.numbers.people,
        "organisations": found.numbers.organisations,
        "not_counted": _states(found),
        "by_country": found.origins.by_country,
        "other_countries": found.origins.others,
        "no_country": found.origins.unknown,
        "corrections": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "kind": one.kind,
                "signatures": one.signatures,
                "in_one_go": one.batch is not None,
                "note": note,
            }
            for one, note in found.corrections
        ],
        "by_day": [{**vars(day), "date": day.date.isoformat()} for day in found.days],
    }


def _states(found: EveryNumber) -> dict[str, Any] | None:
    states = found.states
    if states is None:
        return None
    return {
        "counted_at": states.counted_at.isoformat(timespec="seconds"),
        "pending": states.pending,
        "held": states.held,
        "held_since": found.held_since.isoformat() if found.held_since else None,
        "removed": states.removed,
        "withdrawn": states.withdrawn,
    }


CSV_COLUMNS = ("about", "what", "time", "signatures", "note")


def as_rows(found: EveryNumber) -> Iterator[tuple[str, str, str, int, str]]:
    """Return it as the rows of one table, whose first column says what a row is about."""
    now = found.numbers.as_of.isoformat(timespec="seconds")
    yield "counted", "people", now, found.numbers.people, ""
    yield "counted", "organisations", now, found.numbers.organisations, ""
    if found.states is not None:
        at = found.states.counted_at.isoformat(timespec="seconds")
        for name in ("pending", "held", "removed", "withdrawn"):
            yield "not counted", name, at, getattr(found.states, name), ""
    at = found.counted_at.isoformat(timespec="seconds") if found.counted_at else ""
    for country, number in found.origins.by_country.items():
        yield "country", country, at, number, ""
    yield "country", "others", at, found.origins.others, ""
    yield "country", "none", at, found.origins.unknown, ""
    for one, note in found.corrections:
        at = one.at.isoformat(timespec="seconds")
        yield "correction", one.kind, at, one.signatures, csv_cells.inert(note)
    for day in found.days:
        when = day.date.isoformat()
        yield "day", "count", when, day.count, ""
        for name in ("signed", "restored", "removed", "withdrawn"):
            yield "day", name, when, getattr(day, name), ""
