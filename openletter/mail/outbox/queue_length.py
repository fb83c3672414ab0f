"""About how many mails wait, at the same cost however many there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from openletter.lib.db.statements import only_row_of
from openletter.mail.limits import streams
from openletter.mail.limits.streams import Stream
from openletter.mail.models import NO_BATCH

# Five in a hundred off at most, two times of three: enough for a wait in minutes.
SAMPLE = 400
# Fewer are counted: of a few among very many that are held back, hardly any are in the sample.
EXACT = 100
_KEYS = 2**64
# Keyed hashes of addresses are spread evenly, so the part of all keys that the first so many take
# up is also the part that they are of all mails.
_COUNT = """
WITH sample AS (
    SELECT topic, kind, COALESCE(batch, %(no_batch)s::uuid) AS batch, due_at, lease_until,
        recipient_key
    FROM mail_outgoingmail WHERE lane = %(lane)s AND state = 'due' AND attempts >= 0
    ORDER BY recipient_key LIMIT %(most)s
)
SELECT COUNT(*),
    COUNT(stream.topic) FILTER (
        WHERE due_at <= %(now)s AND (lease_until IS NULL OR lease_until < %(now)s)
    ),
    (SELECT recipient_key FROM sample ORDER BY recipient_key DESC LIMIT 1)
FROM sample
LEFT JOIN unnest(%(topics)s::text[], %(kinds)s::text[], %(batches)s::uuid[])
    AS stream (topic, kind, batch) USING (topic, kind, batch)
"""


def number_due(lane: str, chosen: Collection[Stream], *, now: datetime) -> int:
    """Return how many mails of some streams are due that no worker has in hand.

    Exactly below `EXACT`; beyond, as the share of a sample of the lane, and that many at least.
    """
    counted = len(streams.oldest(lane, chosen, now=now, most=EXACT))
    return counted if counted < EXACT else max(counted, _estimated(lane, chosen, now))


def _estimated(lane: str, chosen: Collection[Stream], now: datetime) -> int:
    looked_at, due, last_key = only_row_of(
        _COUNT,
        {
            "lane": lane,
            "now": now,
            "most": SAMPLE,
            "no_batch": NO_BATCH,
            "topics": [stream.topic for stream in chosen],
            "kinds": [stream.kind for stream in chosen],
            "batches": [stream.batch for stream in chosen],
        },
    )
    if looked_at < SAMPLE:  # all of them
        return int(due)
    share = (int.from_bytes(bytes(last_key)[:8], "big") + 1) / _KEYS
    return round(int(due) / share)
