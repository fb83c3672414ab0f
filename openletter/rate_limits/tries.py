"""How often something may be tried, counted in PostgreSQL: no cache that is away opens a limit.

A limit lets so many tries pass at once, which come back evenly over its time. One row a limit and
subject holds the time at which all have come back (GCRA), so one statement counts and decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import F

from openletter.lib import crypto
from openletter.lib.db.statements import only_row_of
from openletter.lib.people import networks
from openletter.lib.people.networks import Network
from openletter.rate_limits.models import RateLimit

LONGEST_WAIT = timedelta(hours=4)
# A block of networks (/48) may be one customer's, or have a few neighbours in it.
_IN_A_BLOCK = 4

# Each limit counts for itself, in the order of the keys, so that two cannot wait for each other.
# What stood before is read as it was when the statement began.
_TAKE = """
WITH tried AS (
    SELECT * FROM unnest(%(keys)s::bytea[], %(first)s::timestamptz[], %(last)s::timestamptz[])
        AS tried (key, first_free_at, last_free_at)
), counted AS (
    INSERT INTO rate_limits_ratelimit AS standing (key, free_at)
    SELECT key, first_free_at FROM tried ORDER BY key
    ON CONFLICT (key) DO UPDATE
    SET free_at = GREATEST(standing.free_at, %(now)s) + (EXCLUDED.free_at - %(now)s)
    WHERE standing.free_at <= (SELECT last_free_at FROM tried WHERE tried.key = EXCLUDED.key)
    RETURNING key, free_at
)
SELECT array_agg(key), array_agg(counted.free_at), array_agg(before.free_at)
FROM tried LEFT JOIN counted USING (key) LEFT JOIN rate_limits_ratelimit AS before USING (key)
"""


@dataclass(frozen=True)
class Limit:
    """So many tries in such a time, for each subject.

    Where it is `paced` no try is refused: those beyond the number wait for their turn instead.
    """

    name: str
    number: int
    span: timedelta
    paced: bool = False

    @property
    def step(self) -> timedelta:
        return self.span / self.number

    @property
    def room(self) -> timedelta:
        """How far from now the end of what counts may be, so that one more try counts."""
        return self.span - self.step + (LONGEST_WAIT if self.paced else timedelta())

    def wait(self, free_at: datetime, now: datetime) -> timedelta:
        """Return how long one more try waits for its turn, `LONGEST_WAIT` at most."""
        wait = max(free_at, now) + self.step - self.span - now
        return min(max(wait, timedelta()), LONGEST_WAIT)


@dataclass(frozen=True)
class Try:
    """One try of a subject (an address, a network, a page) under a limit."""

    limit: Limit
    subject: str

    @cached_property
    def key(self) -> bytes:
        return crypto.lookup_key(f"limit {self.limit.name}", self.subject)


@dataclass(frozen=True)
class Taken:
    """What the limits say to a try: that there were too many, or how long it waits for its turn.

    Whoever tried too often may do so again after the `wait`.
    """

    is_over: bool
    wait: timedelta


def from_network(limit: Limit, network: Network) -> list[Try]:
    """Return the tries of a network, and of the block around it, which may try four times as often.

    Its customer could else use one network after the other.
    """
    tries = [Try(limit, str(network))]
    block = networks.block_of(network)
    if block is not None:
        name, number = f"{limit.name}, block", limit.number * _IN_A_BLOCK
        tries.append(Try(replace(limit, name=name, number=number), str(block)))
    return tries


def take(*tries: Try, now: datetime) -> Taken:
    """Count one try under all its limits, or under none when one of them has none left.

    Others that count the same wait until the open transaction, if any, is over. Outside of one it
    is committed at once, so that tries at the same moment each count, whatever becomes of them.
    """
    parameters = {
        "keys": [one.key for one in tries],
        "first": [now + one.limit.step for one in tries],
        "last": [now + one.limit.room for one in tries],
        "now": now,
    }
    found = {bytes(key): times for key, *times in zip(*only_row_of(_TAKE, parameters), strict=True)}
    counted = [one for one in tries if found[one.key][0] is not None]
    waits = {one: _wait(one.limit, *found[one.key], now=now) for one in tries}
    over = [one for one in tries if one not in counted and not one.limit.paced]
    if over:
        give_back(*counted)
    return Taken(bool(over), max(waits[one] for one in over or tries))


def _wait(
    limit: Limit, counted: datetime | None, before: datetime | None, *, now: datetime
) -> timedelta:
    if counted is not None:
        return limit.wait(counted - limit.step, now)
    # Not known when others made the row at this moment: they used all of it up.
    return limit.wait(before or now + limit.span, now)


def give_back(*tries: Try) -> None:
    """Forget one try under each of these limits."""
    for one in sorted(tries, key=lambda one: one.key):
        row = RateLimit.objects.filter(key=one.key)
        row.update(free_at=F("free_at") - one.limit.step)
