"""How the number of a letter grew, by day and by hour, as far as its ledger was followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Exists, OuterRef, Sum
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from openletter.ledger.append import UPWARDS
from openletter.ledger.models import LedgerEntry, Tally
from openletter.statistics.models import Followed, Movement

_KINDS = tuple(kind.value for kind in LedgerEntry.Kind)
HOURS = 48
_HOUR = timedelta(hours=1)


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


@dataclass(frozen=True)
class Hour:
    """An hour that is over: how many it added and took away, and where the number stood then."""

    hour: datetime  # its beginning
    count: int
    added: int
    taken_away: int


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
    further = Tally.objects.filter(letter=OuterRef("letter"), next_index__gt=OuterRef("next_index"))
    unfinished = Followed.objects.filter(Exists(further), letter=letter_id)
    return unfinished.values_list("moved_at", flat=True).first()


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


def hours(letter_id: int, *, now: datetime) -> list[Hour]:
    """Return the last `HOURS` that are over, or those from the first signature on.

    Their beginnings are those of the site's own time, as the ledger is followed by it.
    """
    end = _hour_of(min(now, _left_at(letter_id) or now))
    first = end - HOURS * _HOUR
    earlier = first - _HOUR  # stands for all hours before
    moved = (
        Movement.objects.filter(letter=letter_id)
        .annotate(at=Greatest("hour", earlier))
        .values_list("at", "kind")
        .annotate(lines=Sum("lines"))
    )
    return list(_hours(moved, first))


def _hour_of(moment: datetime) -> datetime:
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _hours(moved: Iterable[tuple[datetime, str, int]], first: datetime) -> Iterable[Hour]:
    added, taken_away = dict[int, int](), dict[int, int]()
    for at, kind, lines in moved:
        # By the difference and not by the hour itself: some places move their clocks by less.
        place, found = (at - first) // _HOUR, added if kind in UPWARDS else taken_away
        found[place] = found.get(place, 0) + lines
    if not added:
        return
    count = added.get(-1, 0) - taken_away.get(-1, 0)
    for place in range(max(0, min(added)), HOURS):
        more, less = added.get(place, 0), taken_away.get(place, 0)
        count += more - less
        yield Hour(first + place * _HOUR, count, more, less)
