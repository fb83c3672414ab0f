"""Due mails by stream: what a throttle tells apart. A paused stream costs nobody who reads others.

The mails of a lane that are due lie in one index, stream by stream, each in the order in which they
leave. Who wants the oldest of some streams looks at the heads of these, however many mails wait in
them, before them and behind them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from openletter.lib.db.statements import rows_of
from openletter.mail.models import NO_BATCH, OutgoingMail

_HEAD = 500  # more than all workers have in hand of one stream
_TO_PUT_OFF = 2_000  # looked at in some ten milliseconds


class Stream(NamedTuple):
    """The due mails of one kind, about one topic, of one batch or none (`NO_BATCH`)."""

    topic: str
    kind: str
    batch: UUID

    @classmethod
    def of_mail(cls, mail: OutgoingMail) -> Stream:
        return cls(mail.topic, mail.kind, mail.batch or NO_BATCH)


# An expression and the condition of the index, word for word.
_BATCH = f"COALESCE(mail.batch, '{NO_BATCH}'::uuid)"
_OF_LANE = "mail.lane = %(lane)s AND mail.state = 'due' AND mail.kind > ''"
# From the first mail of one stream straight to the first of the next.
_STREAMS = f"""
WITH RECURSIVE stream AS (
    (SELECT topic, kind, {_BATCH} AS batch FROM mail_outgoingmail AS mail WHERE {_OF_LANE}
     ORDER BY topic, kind, {_BATCH} LIMIT 1)
    UNION ALL
    SELECT next.* FROM stream, LATERAL (
        SELECT mail.topic, mail.kind, {_BATCH} FROM mail_outgoingmail AS mail
        WHERE {_OF_LANE}
            AND (mail.topic, mail.kind, {_BATCH}) > (stream.topic, stream.kind, stream.batch)
        ORDER BY mail.topic, mail.kind, {_BATCH} LIMIT 1
    ) AS next
)
SELECT topic, kind, batch FROM stream
"""  # noqa: S608 - two constants
_THESE = """
stream AS (
    SELECT * FROM unnest(%(topics)s::text[], %(kinds)s::text[], %(batches)s::uuid[])
        WITH ORDINALITY AS stream (topic, kind, batch, place)
)
"""
_OF_STREAM = f"""
    FROM mail_outgoingmail AS mail
    WHERE {_OF_LANE} AND mail.topic = stream.topic AND mail.kind = stream.kind
        AND {_BATCH} = stream.batch AND mail.due_at <= %(now)s
"""
_DUE = f"""
    {_OF_STREAM} AND (mail.lease_until IS NULL OR mail.lease_until < %(now)s)
    ORDER BY mail.due_at, mail.id
"""
_OLDEST = f"""
WITH {_THESE}, oldest AS (
    SELECT stream.place, due.id, due.due_at FROM stream, LATERAL (
        SELECT mail.id, mail.due_at {_DUE} LIMIT %(most)s
    ) AS due ORDER BY due.due_at, due.id LIMIT %(most)s
)
"""  # noqa: S608 - two constants
_SINCE = _OLDEST + "SELECT due_at FROM oldest ORDER BY due_at"  # noqa: S608 - a constant
# What is in hand was the oldest a moment ago, so nobody looks far for it.
_IN_HAND = f"""
WITH {_THESE}
SELECT COUNT(*) FROM stream, LATERAL (
    SELECT mail.lease_until {_OF_STREAM} ORDER BY mail.due_at, mail.id LIMIT %(most)s
) AS head WHERE head.lease_until >= %(now)s
"""  # noqa: S608 - two constants
# So many of each stream as are among the oldest of all. Those that another claim holds just now are
# passed over; the next ones of the same stream come in their place.
_LOCK = f"""
{_OLDEST}, share AS (SELECT place, COUNT(*) AS size FROM oldest GROUP BY place)
SELECT due.id FROM share JOIN stream USING (place), LATERAL (
    SELECT mail.id {_DUE} LIMIT share.size FOR UPDATE SKIP LOCKED
) AS due
"""  # noqa: S608 - two constants
# There is no index of domains, so only those among the oldest are found. One that another worker
# takes in hand meanwhile is left to it.
_PUT_OFF = f"""
WITH {_THESE}, held AS (
    SELECT mail.id FROM stream, LATERAL (
        SELECT mail.id, mail.recipient_domain {_DUE} LIMIT %(most)s
    ) AS due JOIN mail_outgoingmail AS mail USING (id)
    WHERE due.recipient_domain = %(domain)s AND mail.state || '' = 'due'
        AND (mail.lease_until IS NULL OR mail.lease_until < %(now)s)
    FOR UPDATE OF mail SKIP LOCKED
)
UPDATE mail_outgoingmail AS mail SET due_at = %(until)s FROM held WHERE mail.id = held.id
RETURNING mail.id
"""  # noqa: S608 - two constants


def of(lane: str) -> list[Stream]:
    """Return the streams of a lane in which anything waits, its time come or not."""
    return [Stream(*row) for row in rows_of(_STREAMS, {"lane": lane})]


def oldest(lane: str, streams: Collection[Stream], *, now: datetime, most: int) -> list[datetime]:
    """Return since when the oldest mails of some streams are due that no worker has in hand."""
    return [due_at for (due_at,) in rows_of(_SINCE, _of_these(lane, streams, now, most))]


def in_hand(lane: str, streams: Collection[Stream], *, now: datetime) -> int:
    """Return how many mails of some streams workers have in hand."""
    ((number,),) = rows_of(_IN_HAND, _of_these(lane, streams, now, _HEAD))
    return int(number)


def lock(lane: str, streams: Collection[Stream], *, now: datetime, most: int) -> list[UUID]:
    """Hold the oldest mails of some streams to the end of the transaction; return their ids."""
    if most <= 0:
        return []
    return [mail_id for (mail_id,) in rows_of(_LOCK, _of_these(lane, streams, now, most))]


def put_off(
    domain: str, lane: str, streams: Collection[Stream], *, now: datetime, until: datetime
) -> int:
    """Let mails to a domain wait that are among the oldest of some streams; return how many."""
    return len(
        rows_of(
            _PUT_OFF,
            {**_of_these(lane, streams, now, _TO_PUT_OFF), "domain": domain, "until": until},
        )
    )


def _of_these(
    lane: str, streams: Collection[Stream], now: datetime, most: int
) -> dict[str, object]:
    return {
        "lane": lane,
        "now": now,
        "most": most,
        "topics": [stream.topic for stream in streams],
        "kinds": [stream.kind for stream in streams],
        "batches": [stream.batch for stream in streams],
    }
