"""How long a mail waits that is owed now, from the real queue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail

# A mail that has waited for less is on its way.
_IS_BUSY = timedelta(minutes=1)
_PACE_OVER = timedelta(minutes=5)


@dataclass(frozen=True)
class Wait:
    """How long a new mail waits."""

    minutes: int = 0  # 0 while it is less than one
    stands: bool = False  # nothing leaves, so that nobody can say


def expected(lane: str, *, now: datetime) -> Wait:
    """Return about how long a new mail waits.

    The longer of: what the oldest mail waits already, and what the mails before it take at the
    pace of the last minutes, in which that one waited too: how many left before, when nothing
    waited, says nothing. What is held back on purpose stands in nobody's way.
    """
    untried = OutgoingMail.objects.filter(
        lane=lane, state=OutgoingMail.State.DUE, due_at__lte=now, attempts=0
    )
    due = throttles.throttled(now).free(untried).aggregate(number=Count("pk"), oldest=Min("due_at"))
    if not due["number"] or now - due["oldest"] <= _IS_BUSY:
        return Wait()
    since = max(due["oldest"], now - _PACE_OVER)
    sent = OutgoingMail.objects.filter(lane=lane, sent_at__gt=since).count()
    if not sent:
        return Wait(stands=True)
    ahead = due["number"] / sent * (now - since)
    return Wait(minutes=math.ceil(max(now - due["oldest"], ahead) / timedelta(minutes=1)))
