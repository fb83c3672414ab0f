"""About how many mails wait, at the same cost however many there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from openletter.lib.db.statements import only_row_of
from openletter.mail.limits.streams import Stream
from openletter.mail.models import NO_BATCH

# Five in a hundred off at most, two times of three: enough for a wait in minutes.
SAMPLE = 400
_KEYS = 2**64
# Keyed hashes of addresses are spread evenly, so the part of all keys that the first so many take
# up is also the part that they are of all mails.
_COUNT = """
WITH sample AS (
    SELECT topic, kind, COALESCE(batch, %(no_batch)s::uuid) AS batch, due_at, recipient_key
    FROM mail_outgoingmail WHERE lane = %(lane)s AND state = 'due' AND attempts >= 0
    ORDER BY recipient_key LIMIT %(most)s
)
SELECT COUNT(*), COUNT(stream.topic) FILTER (WHERE due_at <= %(now)s),
    (SELECT recipient_key FROM sample ORDER BY recipient_key DESC LIMIT 1)
FROM sample
LEFT JOIN unnest(%(topics)s::text[], %(kinds)s::text[], %(batches)s::uuid[])
    AS stream (topic, kind, batch) USING (topic, kind, batch)
"""


def number_due(lane: str, streams: Collection[Stream], *, now: datetime) -> int:
    """Return how many mails of some streams of a lane are due: exactly up to `SAMPLE` in the lane.

    Beyond, as the share of a sample of the lane.
    """
    looked_at, due, last_key = only_row_of(
        _COUNT,
        {
            "lane": lane,
            "now": now,
            "most": SAMPLE,
            "no_batch": NO_BATCH,
            "topics": [stream.topic for stream in streams],
            "kinds": [stream.kind for stream in streams],
            "batches": [stream.batch for stream in streams],
        },
    )
    is_all = looked_at < SAMPLE
    share = 1 if is_all else (int.from_bytes(bytes(last_key)[:8], "big") + 1) / _KEYS
    return round(int(due) / share)
