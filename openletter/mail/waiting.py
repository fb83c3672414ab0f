"""How long a mail waits that is owed now, from the real queue."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from openletter.mail.models import OutgoingMail

_RATE_OVER = timedelta(minutes=5)


def expected_minutes(lane: str, *, now: datetime) -> int:
    """Return about how many minutes a new mail waits; 0 while it is less than one.

    The longer of: what the oldest mail waits already, and what the mails before it take at the
    pace of the last five minutes.
    """
    due = OutgoingMail.objects.filter(
        lane=lane, state=OutgoingMail.State.DUE, due_at__lte=now, attempts=0
    ).aggregate(number=Count("pk"), oldest=Min("due_at"))
    if not due["number"]:
        return 0
    waited = (now - due["oldest"]) / timedelta(minutes=1)
    sent = OutgoingMail.objects.filter(Q(lane=lane), sent_at__gt=now - _RATE_OVER).count()
    pace = sent / (_RATE_OVER / timedelta(minutes=1))
    ahead = due["number"] / pace if pace else 0
    minutes = max(waited, ahead)
    return math.ceil(minutes) if minutes > 1 else 0
