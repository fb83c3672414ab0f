"""How long a mail waits that is owed now, from the real queue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from openletter.mail.limits import streams, throttles
from openletter.mail.limits.streams import Stream
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import queue_length

# A mail that has waited for less is on its way.
_IS_BUSY = timedelta(minutes=1)
# The pace is that of the shortest of these in which enough left, or of the longest: so it costs the
# same to count how fast mail leaves.
_PACE_OVER = [timedelta(seconds=number) for number in (3, 15, 60, 300)]
_ENOUGH = 300


@dataclass(frozen=True)
class Wait:
    """How long a new mail waits."""

    minutes: int = 0  # 0 while it is less than one
    stands: bool = False  # nothing leaves, so that nobody can say


def expected(lane: str, *, now: datetime) -> Wait:
    """Return about how long a new mail waits, at the same cost whatever waits.

    The longer of: what the oldest mail waits already, and what the mails before it take at the
    pace of the last minutes or seconds, in which that one waited too: how many left before, when
    nothing waited, says nothing. What is held back on purpose stands in nobody's way.
    """
    free, late = _lateness(lane, now=now)
    if late <= _IS_BUSY:
        return Wait()
    each = _time_of_each(lane, since=now - late, now=now)
    if each is None:
        return Wait(stands=True)
    ahead = queue_length.number_due(lane, free, now=now) * each
    return Wait(minutes=math.ceil(max(late, ahead) / timedelta(minutes=1)))


def lateness(lane: str, *, now: datetime) -> timedelta:
    """Return how long the oldest mail waits that nothing holds back and no worker has in hand."""
    return _lateness(lane, now=now)[1]


def _lateness(lane: str, *, now: datetime) -> tuple[list[Stream], timedelta]:
    free = throttles.throttled().free(streams.of(lane))
    oldest = streams.oldest(lane, free, now=now, most=1)
    return free, now - oldest[0] if oldest else timedelta()


def _time_of_each(lane: str, *, since: datetime, now: datetime) -> timedelta | None:
    """Return in which time one mail leaves after another; None when none has left since."""
    number = 0
    for span in _PACE_OVER:
        start = max(since, now - span)
        number = OutgoingMail.objects.filter(lane=lane, sent_at__gt=start).count()
        if number >= _ENOUGH or start == since:
            break
    return (now - start) / number if number else None
