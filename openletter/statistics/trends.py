"""What happens under a letter now: by hour and day, and where the newest signatures come from.

Hours and days are as of the last count. Sources are those of the newest confirmed signatures only,
so that a page costs the same under any letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from openletter.statistics import unpressed
from openletter.statistics.models import HourCount, LetterCount
from openletter.statistics.unpressed import Opened

HOURS, DAYS = 48, 30
NEWEST = 5_000
MOST_SHOWN = 10
QUICK = timedelta(seconds=30)

# What was counted, by what, how many, how many of these are held; of a network where and whose.
_SOURCES = """
WITH newest AS MATERIALIZED (
    SELECT public_id, email_domain, country, state = 'held' AS held,
        EXTRACT(EPOCH FROM confirmed_at - asked_at) AS seconds
    FROM signatures_signature WHERE letter_id = %(letter)s AND confirmed_at IS NOT NULL
    ORDER BY created_at DESC, id DESC LIMIT %(newest)s
), sources AS (
    SELECT 'domain' AS kind, email_domain AS key, held, '' AS place, '' AS owner
    FROM newest WHERE email_domain <> ''
    UNION ALL SELECT 'country', country, held, '', '' FROM newest WHERE country <> ''
    UNION ALL SELECT 'network', encode(form.network_key, 'hex'), held,
        form.network_country, form.network_owner
    FROM newest JOIN signatures_formsubmission AS form ON form.reference = newest.public_id
    WHERE form.network_key IS NOT NULL
), grouped AS (
    SELECT kind, key, COUNT(*) AS number, COUNT(*) FILTER (WHERE held) AS held,
        -- Of one network all say the same, but for those that came before the files were there.
        MAX(place) AS place, MAX(owner) AS owner,
        ROW_NUMBER() OVER (PARTITION BY kind ORDER BY COUNT(*) DESC, key) AS rank
    FROM sources GROUP BY kind, key
)
SELECT kind, key, number, held, place, owner FROM grouped WHERE rank <= %(most)s
UNION ALL SELECT 'read', '', COUNT(*), 0, '', '' FROM newest
UNION ALL SELECT 'quick', '', COUNT(*), 0, '', '' FROM newest WHERE seconds < %(quick)s
UNION ALL SELECT 'median', '',
    COALESCE(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY seconds), 0)::bigint, 0, '', ''
FROM newest
ORDER BY 1, 3 DESC, 2
"""


@dataclass(frozen=True)
class Period:
    """An hour or a day; `held` are those confirmed in it that are held now."""

    begins_at: datetime
    ends_at: datetime
    signed: int = 0
    confirmed: int = 0
    held: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.signed, self.confirmed, self.held


@dataclass(frozen=True)
class OpenedHour:
    """How many pages to confirm were opened in an hour, and on how many the button was pressed."""

    begins_at: datetime
    ends_at: datetime
    opened: int = 0
    pressed: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.opened, self.pressed


@dataclass(frozen=True)
class Source:
    """A domain, a country's code, or a network's key, and how many signatures come from it."""

    key: str
    number: int
    held: int
    # Of a network, if files of the operator's say so: the code of its country, and who has it.
    country: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Sources:
    """Where the newest signatures come from, and how quickly they were confirmed."""

    read: int = 0  # how many were looked at
    median: timedelta = timedelta(0)
    quick: int = 0  # confirmed sooner than most people read a mail
    domains: list[Source] = field(default_factory=list)
    countries: list[Source] = field(default_factory=list)
    networks: list[Source] = field(default_factory=list)

    @property
    def median_minutes(self) -> int:
        return round(self.median.total_seconds() / 60)

    @property
    def quick_percent(self) -> int:
        return self.quick * 100 // self.read if self.read else 0


@dataclass(frozen=True)
class Trends:
    counted_at: datetime | None
    hours: list[Period]
    days: list[Period]
    sources: Sources
    opened_hours: list[OpenedHour]
    opened_domains: list[Opened]


def trends(letter_id: int, *, now: datetime) -> Trends:
    """Read all of it, in a constant number of statements; the newest hour and day come last."""
    counted = LetterCount.objects.filter(letter=letter_id).first()
    hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    first_day = _midnight(hour - timedelta(days=DAYS - 1))
    rows = HourCount.objects.filter(letter=letter_id, hour__gte=first_day).order_by("hour")
    found = [(row.hour, row.signed, row.confirmed, row.held) for row in rows]
    first_hour = hour - timedelta(hours=HOURS - 1)
    opened = unpressed.by_hour(letter_id, since=first_hour)
    return Trends(
        counted.counted_at if counted else None,
        [Period(*one) for one in _periods(found, first_hour, HOURS, timedelta(hours=1))],
        [Period(*one) for one in _periods(found, first_day, DAYS, timedelta(days=1))],
        _sources(letter_id),
        [OpenedHour(*one) for one in _periods(opened, first_hour, HOURS, timedelta(hours=1))],
        unpressed.by_domain(letter_id, now=now),
    )


def _midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def _periods(
    found: Sequence[tuple[Any, ...]], begin: datetime, number: int, length: timedelta
) -> Iterator[tuple[Any, ...]]:
    """Return the beginning and end of each period, and the sums of what was found in it, if any."""
    for place in range(number):
        begins_at = begin + place * length  # of the clock on the wall, also when that is put back
        ends_at = begin + (place + 1) * length
        within = [row[1:] for row in found if begins_at <= row[0] < ends_at]
        yield begins_at, ends_at, *(sum(column) for column in zip(*within, strict=True))


def _sources(letter_id: int) -> Sources:
    values = {
        "letter": letter_id,
        "newest": NEWEST,
        "most": MOST_SHOWN,
        "quick": QUICK.total_seconds(),
    }
    by_kind: dict[str, list[Source]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, values)
        for kind, *said in cursor.fetchall():
            by_kind.setdefault(kind, []).append(Source(*said))
    (read,), (quick,), (median,) = (by_kind[name] for name in ("read", "quick", "median"))
    return Sources(
        read=read.number,
        median=timedelta(seconds=median.number),
        quick=quick.number,
        domains=by_kind.get("domain", []),
        countries=by_kind.get("country", []),
        networks=by_kind.get("network", []),
    )
