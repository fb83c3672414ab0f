"""How many mails may leave a minute and a day, shared by all workers: providers have quotas.

A claim reserves its number before a mail leaves, so parallel workers cannot overspend together.
What then does not leave is given back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Sum
from django.db.models.functions import Greatest

from openletter.mail.models import Lane, SentInMinute

_LOCK = 0x6D61696C  # any number, the same in every worker
_KEPT_FOR_CONFIRM = 4  # a quarter


def is_limited() -> bool:
    """Whether the operator set a quota at all."""
    return bool(settings.MAILS_PER_MINUTE or settings.MAILS_PER_DAY)


def allowance(lane: str, *, waiting: int, now: datetime) -> int | None:
    """Return how many mails a lane may take in hand now; None is no limit.

    Takes a lock that is held to the end of the transaction, in which the caller then reserves.
    Bulk mail leaves a share of either quota alone, and more when more is `waiting` in the confirm
    lane: people who sign this afternoon must not find that a mailing has spent the day.
    """
    if not is_limited():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    left = []
    for limit, span in (
        (settings.MAILS_PER_MINUTE, timedelta(minutes=1)),
        (settings.MAILS_PER_DAY, timedelta(days=1)),
    ):
        if limit:
            kept = max(limit // _KEPT_FOR_CONFIRM, waiting) if lane == Lane.BULK else 0
            left.append(limit - kept - _spent(now - span))
    return max(0, min(left))


def _spent(since: datetime) -> int:
    spent = SentInMinute.objects.filter(minute__gt=since).aggregate(n=Sum("number"))["n"]
    return spent or 0


def reserve(number: int, *, now: datetime) -> None:
    """Spend from the quota, in the transaction of the claim."""
    if not (number and is_limited()):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail_sentinminute AS known (minute, number) VALUES (%s, %s)"
            " ON CONFLICT (minute) DO UPDATE SET number = known.number + excluded.number",
            [_minute(now), number],
        )


def refund(number: int, *, claimed_at: datetime) -> None:
    """Give back what was reserved at that time for mails that did not meet the relay."""
    if number and is_limited():
        left = Greatest(F("number") - number, 0)
        SentInMinute.objects.filter(minute=_minute(claimed_at)).update(number=left)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def forget_old(*, now: datetime) -> None:
    """Delete minutes that no quota looks at any more."""
    SentInMinute.objects.filter(minute__lt=now - timedelta(days=2)).delete()
