"""Follow the ledger of each letter into `Movement`, every line once.

A letter's lines have no gaps and are written one after another, so a number is enough to know how
far we are, and what is stored is exact up to there.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from openletter.ledger.models import Tally
from openletter.statistics.models import Followed

# Lines that a statement reads, in about ten milliseconds.
SLICE = 5_000
SECONDS = 0.2

_FOLLOW = """
WITH lines AS MATERIALIZED (
    SELECT kind, batch, at FROM ledger_ledgerentry
    WHERE letter_id = %(letter)s AND index >= %(first)s AND index < %(below)s
), stored AS (
    INSERT INTO statistics_movement AS movement (letter_id, hour, kind, batch, lines)
    SELECT %(letter)s, date_trunc('hour', at, %(zone)s), kind, batch, COUNT(*)
    FROM lines GROUP BY 2, 3, 4
    ON CONFLICT (letter_id, hour, kind, batch)
        DO UPDATE SET lines = movement.lines + EXCLUDED.lines
)
SELECT COUNT(*), MAX(at) FROM lines
"""


def follow(*, seconds: float = SECONDS) -> None:
    """Go on for a moment, letter by letter."""
    until = time.monotonic() + seconds
    for letter_id in _behind():
        while _go_on(letter_id) and time.monotonic() < until:
            pass
        if time.monotonic() >= until:
            return


def _behind() -> list[int]:
    """Return the letters whose ledger has more lines than were followed, the least first."""
    known = Followed.objects.filter(letter=OuterRef("letter"))
    tallies = Tally.objects.annotate(known=Subquery(known.values("next_index")))
    behind = tallies.filter(Q(known=None) | Q(known__lt=F("next_index")), next_index__gt=0)
    return list(behind.order_by(F("known").asc(nulls_first=True)).values_list("pk", flat=True))


@transaction.atomic
def _go_on(letter_id: int) -> bool:
    """Follow one slice of a letter's ledger; False when there is no more."""
    Followed.objects.bulk_create([Followed(letter_id=letter_id)], ignore_conflicts=True)
    rows = Followed.objects.select_for_update(skip_locked=True)
    followed = rows.filter(letter=letter_id).first()
    if followed is None:
        return False  # another worker has it
    number, moved_at = _store(letter_id, followed.next_index)
    followed.next_index += number
    followed.moved_at = moved_at or followed.moved_at
    followed.save()
    return number == SLICE


def _store(letter_id: int, first: int) -> tuple[int, datetime | None]:
    values: dict[str, Any] = {
        "letter": letter_id,
        "first": first,
        "below": first + SLICE,
        "zone": timezone.get_default_timezone_name(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, values)
        found: tuple[int, datetime | None] = cursor.fetchone()
    return found
