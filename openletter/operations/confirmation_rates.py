"""Who confirms, by the domain of the address and by the hour: the sign of mail that gets lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

HOURS = 48
LEAST_MAILS = 20
MOST_DOMAINS = 12
# Whoever was asked just now has not had the time to answer.
OLDER_THAN = timedelta(minutes=30)
_HOUR = timedelta(hours=1)

# Small domains are added up (""), here and not in Python: there may be many thousands.
# Those who confirmed and those who have not are each in an index by time.
_ASKED = """
FROM (
    SELECT email_domain, created_at, confirmed_at FROM signatures_signature
    WHERE confirmed_at IS NOT NULL AND created_at >= %(since)s AND created_at < %(until)s
    UNION ALL
    SELECT email_domain, created_at, NULL FROM signatures_signature
    WHERE confirmed_at IS NULL AND state = ANY('{pending,expired}')
      AND created_at >= %(since)s AND created_at < %(until)s
) AS asked
"""
_BY_HOUR = f"""
WITH cell AS (
    SELECT email_domain AS domain, date_bin('1 hour', created_at, %(since)s) AS hour,
           COUNT(*) AS asked, COUNT(confirmed_at) AS confirmed
    {_ASKED} GROUP BY 1, 2
), named AS (
    SELECT domain FROM cell GROUP BY domain HAVING SUM(asked) >= %(least)s
    ORDER BY SUM(asked) DESC, domain LIMIT %(most)s
)
SELECT COALESCE(named.domain, ''), hour, SUM(asked)::int, SUM(confirmed)::int
FROM cell LEFT JOIN named USING (domain) GROUP BY 1, 2
"""  # noqa: S608 - two constants
_BY_DOMAIN = f"""
SELECT email_domain, COUNT(*), COUNT(confirmed_at),
       (SUM(COUNT(*)) OVER ())::int, (SUM(COUNT(confirmed_at)) OVER ())::int
{_ASKED}
GROUP BY email_domain ORDER BY COUNT(*) DESC, email_domain LIMIT %(most)s
"""


@dataclass(frozen=True)
class Rate:
    """How many were asked, and how many of them confirmed."""

    asked: int = 0
    confirmed: int = 0

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.asked + other.asked, self.confirmed + other.confirmed)

    def __sub__(self, other: Rate) -> Rate:
        return Rate(self.asked - other.asked, self.confirmed - other.confirmed)

    @property
    def share(self) -> float:
        return self.confirmed / self.asked if self.asked else 0.0

    @property
    def percent(self) -> int:
        return round(100 * self.share)


@dataclass(frozen=True)
class DomainHours:
    """The last 48 hours of a domain, the oldest first; "" stands for all small ones together."""

    domain: str
    hours: list[tuple[datetime, Rate]]

    @property
    def total(self) -> Rate:
        return sum((rate for _hour, rate in self.hours), start=Rate())


def by_hour(*, now: datetime) -> list[DomainHours]:
    """Return the domains with at least 20 mails, the biggest first, and last all others."""
    since = now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * _HOUR
    found: dict[str, dict[datetime, Rate]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_HOUR,
            {
                "since": since,
                "until": now - OLDER_THAN,
                "least": LEAST_MAILS,
                "most": MOST_DOMAINS,
            },
        )
        for domain, hour, asked, confirmed in cursor.fetchall():
            found[domain][hour] = Rate(asked, confirmed)
    slots = [since + n * _HOUR for n in range(HOURS)]
    domains = [
        DomainHours(domain, [(slot, hours.get(slot, Rate())) for slot in slots])
        for domain, hours in found.items()
    ]
    return sorted(domains, key=lambda one: (not one.domain, -one.total.asked, one.domain))


def by_domain(*, since: datetime, now: datetime, most: int) -> tuple[dict[str, Rate], Rate]:
    """Return the rates of the biggest domains, and of everybody together."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DOMAIN, {"since": since, "until": now - OLDER_THAN, "most": most})
        rows = cursor.fetchall()
    everybody = Rate(*rows[0][3:]) if rows else Rate()
    return {domain: Rate(asked, confirmed) for domain, asked, confirmed, *_all in rows}, everybody
