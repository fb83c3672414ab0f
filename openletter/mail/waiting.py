"""How long a mail waits that is owed now, from the real queue."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import Count, Min

from openletter.mail import brakes
from openletter.mail.models import OutgoingMail

_PACE_OVER = timedelta(minutes=5)
# A mail that has waited for less is on its way, and the pace of a quiet site says nothing.
_IS_BUSY = timedelta(minutes=1)


def expected_minutes(lane: str, *, now: datetime) -> int:
    """Return about how many minutes a new mail waits; 0 while it is less than one.

    The longer of: what the oldest mail waits already, and what the mails before it take at the
    pace of the last five minutes. What is held back on purpose stands in nobody's way.
    """
    untried = OutgoingMail.objects.filter(
        lane=lane, state=OutgoingMail.State.DUE, due_at__lte=now, attempts=0
    )
    due = brakes.braked(now).free(untried).aggregate(number=Count("pk"), oldest=Min("due_at"))
    if not due["number"] or now - due["oldest"] <= _IS_BUSY:
        return 0
    waited: float = (now - due["oldest"]) / timedelta(minutes=1)
    sent = OutgoingMail.objects.filter(lane=lane, sent_at__gt=now - _PACE_OVER).count()
    pace = sent / (_PACE_OVER / timedelta(minutes=1))
    ahead = due["number"] / pace if pace else 0
    return math.ceil(max(waited, ahead))
