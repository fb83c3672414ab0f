"""Count all signatures, a slice at a time, by letter and state, country and hour.

Nothing is added to the work of who signs: no row is shared and no index is kept for it. A site with
a few thousand signatures is counted in one statement, one with a million within minutes; what is
shown says when its count began.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.signatures.models import Signature
from openletter.statistics.models import Census, CountryCount, HourCount, LetterCount

# Rows that a statement reads, in about fifteen milliseconds.
SLICE = 5_000
# Of the ten between two ticks.
SECONDS = 0.3
EVERY = timedelta(minutes=1)
HOURS_KEPT = timedelta(days=32)

M = TypeVar("M", bound=Model)
_STATES = ("pending", "held", "removed", "withdrawn")

# What was counted (the first column), of which letter, by what, how many, and at or since when.
_COUNT = """
WITH slice AS MATERIALIZED (
    SELECT id, letter_id, state, country, created_at, confirmed_at FROM signatures_signature
    WHERE id > %(after)s ORDER BY id LIMIT %(most)s
)
SELECT 'read', 0, '', COUNT(*), MAX(id), NULL::timestamptz FROM slice
UNION ALL
SELECT 'state', letter_id, state, COUNT(*), 0, MIN(created_at)
FROM slice WHERE state IN ('pending', 'held', 'removed', 'withdrawn') GROUP BY 2, 3
UNION ALL
SELECT 'country', letter_id, country, COUNT(*), 0, NULL
FROM slice WHERE state = 'published' GROUP BY 2, 3
UNION ALL
SELECT 'signed', letter_id, '', COUNT(*), 0, date_trunc('hour', created_at, %(zone)s) AS hour
FROM slice WHERE created_at >= %(since)s GROUP BY 2, hour
UNION ALL
SELECT 'confirmed', letter_id, '', COUNT(*), 0, date_trunc('hour', confirmed_at, %(zone)s) AS hour
FROM slice WHERE confirmed_at >= %(since)s GROUP BY 2, hour
UNION ALL
SELECT 'held', letter_id, '', COUNT(*), 0, date_trunc('hour', confirmed_at, %(zone)s) AS hour
FROM slice WHERE confirmed_at >= %(since)s AND state = 'held' GROUP BY 2, hour
"""


def count(*, now: datetime, seconds: float = SECONDS) -> None:
    """Go on counting for a moment, or begin anew when it is time to."""
    until = time.monotonic() + seconds
    with transaction.atomic():
        census = _begun(now)
        if census is None:
            return
        while _count_slice(census):
            if time.monotonic() >= until:
                census.save()
                return
        _store(census)
        census.ended_at, census.signature_id, census.found = now, 0, {}
        census.save()


def _begun(now: datetime) -> Census | None:
    """Return the count that is under way, or begin one; None when none is due, or not here."""
    Census.objects.bulk_create(
        [Census(pk=1, began_at=now - EVERY, ended_at=now - EVERY)], ignore_conflicts=True
    )
    census = Census.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if census is None:
        return None  # another worker has it
    if census.ended_at is None:
        return census
    if now - census.ended_at < EVERY and now >= census.ended_at:
        return None
    census.began_at, census.ended_at = now, None
    return census


def _count_slice(census: Census) -> bool:
    """Count a slice more; False when it was the last one."""
    values: dict[str, Any] = {
        "after": census.signature_id,
        "most": SLICE,
        "since": census.began_at - HOURS_KEPT,
        "zone": timezone.get_default_timezone_name(),
    }
    number = 0
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        for what, letter_id, key, found, last_id, at in cursor.fetchall():
            if what == "read":
                number, census.signature_id = found, last_id or census.signature_id
            else:
                _add(census.found, (what, letter_id, key), found, at)
    return number == SLICE


def _add(found: dict[str, Any], what: tuple[str, int, str], number: int, at: Any) -> None:
    """Add to what was found so far: number and the earliest time of a state, else by the hour."""
    kind, letter_id, key = what
    of_letter = found.setdefault(str(letter_id), {})
    since = at.isoformat() if at is not None else ""
    if kind in {"state", "country"}:
        before, earliest = of_letter.setdefault(kind, {}).get(key, (0, since))
        of_letter[kind][key] = (before + number, min(earliest, since))
    else:
        hours = of_letter.setdefault("hours", {}).setdefault(since, {})
        hours[kind] = hours.get(kind, 0) + number


def _store(census: Census) -> None:
    """Let what was found take the place of what was known."""
    letters = {str(pk): pk for pk in Letter.objects.values_list("pk", flat=True)}
    found = {letters[key]: value for key, value in census.found.items() if key in letters}
    _replace(
        LetterCount,
        [_letter_count(pk, found.get(pk, {}), census.began_at) for pk in letters.values()],
        by=("letter_id",),
    )
    _replace(
        CountryCount,
        [
            CountryCount(letter_id=pk, country=country, signatures=number)
            for pk, value in found.items()
            for country, (number, _since) in value.get("country", {}).items()
        ],
        by=("letter_id", "country"),
    )
    _replace(
        HourCount,
        [
            HourCount(letter_id=pk, hour=datetime.fromisoformat(hour), **numbers)
            for pk, value in found.items()
            for hour, numbers in value.get("hours", {}).items()
        ],
        by=("letter_id", "hour"),
    )


def _replace(model: type[M], rows: list[M], *, by: tuple[str, ...]) -> None:
    """Write what is new or other than it was, and delete what is no more; leave the rest alone."""
    names = [field.attname for field in model._meta.fields if field.attname not in {"id", *by}]
    known = {_values(row, by): row for row in model._default_manager.all()}
    changed = []
    for row in rows:
        before = known.pop(_values(row, by), None)
        if before is None or _values(before, names) != _values(row, names):
            changed.append(row)
    model._default_manager.bulk_create(
        changed,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=[name.removesuffix("_id") for name in by],
        update_fields=names,
    )
    model._default_manager.filter(pk__in=[row.pk for row in known.values()]).delete()


def _values(row: Model, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _letter_count(letter_id: int, found: dict[str, Any], at: datetime) -> LetterCount:
    states = found.get("state", {})
    since = states.get(Signature.State.HELD, (0, ""))[1]
    return LetterCount(
        letter_id=letter_id,
        counted_at=at,
        held_since=datetime.fromisoformat(since) if since else None,
        **{state: states.get(state, (0, ""))[0] for state in _STATES},
    )
