"""How the number of a letter grew, day by day, as far as its ledger was followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from openletter.ledger.append import UPWARDS
from openletter.ledger.models import LedgerEntry, Tally
from openletter.statistics.models import Followed, Movement

_KINDS = tuple(kind.value for kind in LedgerEntry.Kind)


@dataclass(frozen=True)
class Day:
    """A day that is over: what moved the number, and where it stood at its end."""

    date: date
    count: int
    signed: int = 0
    restored: int = 0
    removed: int = 0
    withdrawn: int = 0

    @property
    def added(self) -> int:
        return self.signed + self.restored

    @property
    def taken_away(self) -> int:
        return self.removed + self.withdrawn


def growth(letter_id: int, *, now: datetime) -> list[Day]:
    """Return every day from the first signature on, without the one that is not over."""
    zone = timezone.get_default_timezone()
    moved = (
        Movement.objects.filter(letter=letter_id)
        .annotate(day=TruncDate("hour", tzinfo=zone))
        .values_list("day", "kind")
        .annotate(lines=Sum("lines"))
        .order_by("day")
    )
    end = timezone.localdate(now, zone)
    left_at = _left_at(letter_id)
    if left_at is not None:  # of this day some lines may not be followed
        end = min(end, timezone.localdate(left_at, zone))
    return list(_days(moved, end))


def _left_at(letter_id: int) -> datetime | None:
    """Return up to when the ledger was followed, if it goes on after that."""
    followed = Followed.objects.filter(letter=letter_id).first()
    if followed is None or followed.moved_at is None:
        return None
    goes_on = Tally.objects.filter(letter=letter_id, next_index__gt=followed.next_index).exists()
    return followed.moved_at if goes_on else None


def _days(moved: Iterable[tuple[date, str, int]], end: date) -> Iterable[Day]:
    by_day: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_KINDS, 0))
    for day, kind, lines in moved:
        by_day[day][kind] = lines
    if not by_day:
        return
    day, count = min(by_day), 0
    while day < end:
        found = by_day.get(day, {})
        count += sum(lines if kind in UPWARDS else -lines for kind, lines in found.items())
        yield Day(day, count, **found)
        day += timedelta(days=1)
