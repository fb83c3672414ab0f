"""How often something may be tried, counted in PostgreSQL: no cache that is away opens a limit.

A limit lets so many tries pass at once, which come back evenly over its time. One row a limit and
subject holds the time at which all have come back (GCRA), so one statement counts and decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from openletter.accounts.models import RateLimit
from openletter.lib import crypto
from openletter.lib.statements import row_of

_TAKE = """
INSERT INTO accounts_ratelimit AS standing (key, free_at)
VALUES (%(key)s, %(now)s::timestamptz + %(step)s)
ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(standing.free_at, %(now)s) + %(step)s
    WHERE standing.free_at <= %(now)s::timestamptz + %(room)s
RETURNING key
"""


@dataclass(frozen=True)
class Limit:
    """So many tries in such a time, for each subject."""

    name: str
    number: int
    span: timedelta

    def key(self, subject: str) -> bytes:
        return crypto.lookup_key(f"limit {self.name}", subject)

    @property
    def step(self) -> timedelta:
        return self.span / self.number


def take(limit: Limit, subject: str, *, now: datetime) -> bool:
    """Count one try; False, and nothing counted, when there is none left.

    Tries at the same moment wait for each other, until the open transaction if any is over.
    """
    room = limit.span - limit.step
    asked = {"key": limit.key(subject), "now": now, "step": limit.step, "room": room}
    return row_of(_TAKE, asked) is not None


def give_back(limit: Limit, subject: str) -> None:
    """Forget one try."""
    RateLimit.objects.filter(key=limit.key(subject)).update(free_at=F("free_at") - limit.step)
