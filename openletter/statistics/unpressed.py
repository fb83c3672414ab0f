"""How many open the page to confirm their signature, and how many press its button, hour by hour.

Numbers only: nothing leads back to whose page it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from openletter.signatures import opened_pages
from openletter.signatures.opened_pages import Act
from openletter.statistics.counting import HOURS_KEPT
from openletter.statistics.models import OpenedCount

# A slice takes some twenty milliseconds; a task a minute keeps up with thousands a second.
SECONDS = 5.0
DAYS = 30
MOST_SHOWN = 10

_ADD = """
INSERT INTO statistics_openedcount AS known (letter_id, hour, domain, opened, pressed)
SELECT letter, date_trunc('hour', at, %(zone)s), domain,
    COUNT(*) FILTER (WHERE NOT is_press), COUNT(*) FILTER (WHERE is_press)
FROM unnest(%(letters)s::bigint[], %(times)s::timestamptz[], %(domains)s::text[],
    %(presses)s::boolean[]) AS act (letter, at, domain, is_press)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (letter_id, hour, domain) DO UPDATE
    SET opened = known.opened + EXCLUDED.opened, pressed = known.pressed + EXCLUDED.pressed
"""


@dataclass(frozen=True)
class Opened:
    """How many pages were opened, and on how many the button was pressed, by mails to a domain."""

    domain: str  # "" for all that are not named
    opened: int
    pressed: int

    @property
    def unpressed(self) -> int:
        # Fewer may be known to have been opened than pressed (signatures/opened_pages.py).
        return max(0, self.opened - self.pressed)


def count(*, now: datetime, seconds: float = SECONDS) -> None:
    """Count what was opened and pressed since the last time, and forget what is old."""
    until = time.monotonic() + seconds
    while _count_slice(now) and time.monotonic() < until:
        pass
    OpenedCount.objects.filter(hour__lt=now - HOURS_KEPT).delete()


@transaction.atomic
def _count_slice(now: datetime) -> bool:
    acts, has_more = opened_pages.take(now=now)
    if acts:
        _add(acts)
    return has_more


def _add(acts: list[Act]) -> None:
    values: dict[str, Any] = {
        "zone": timezone.get_default_timezone_name(),
        "letters": [act.letter_id for act in acts],
        "times": [act.at for act in acts],
        "domains": [act.domain for act in acts],
        "presses": [act.is_press for act in acts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


def by_hour(letter_id: int, *, since: datetime) -> list[tuple[datetime, int, int]]:
    """Return the hours in which something was opened or pressed, with how many."""
    rows = OpenedCount.objects.filter(letter=letter_id, hour__gte=since).order_by("hour")
    return list(rows.values_list("hour").annotate(Sum("opened"), Sum("pressed")))


def by_domain(letter_id: int, *, now: datetime) -> list[Opened]:
    """Return what became, in thirty days, of mails to the largest providers, then to all others."""
    rows = OpenedCount.objects.filter(letter=letter_id, hour__gte=now - timedelta(days=DAYS))
    found = [
        Opened(row["domain"], row["opened"], row["pressed"])
        for row in rows.values("domain").annotate(opened=Sum("opened"), pressed=Sum("pressed"))
    ]
    named = sorted((one for one in found if one.domain), key=lambda one: (-one.opened, one.domain))
    others = together([*named[MOST_SHOWN:], *(one for one in found if not one.domain)])
    return [*named[:MOST_SHOWN], *([others] if others.opened or others.pressed else [])]


def together(found: Iterable[Opened]) -> Opened:
    """Return the sum of them."""
    numbers = [(one.opened, one.pressed) for one in found]
    return Opened("", sum(one for one, _two in numbers), sum(two for _one, two in numbers))
