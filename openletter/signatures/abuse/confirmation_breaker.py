"""A throttle per letter (T05): when hardly anybody confirms, others entered the addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.letters.models import Letter
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle

LOOKS_AT = 500
OLDER_THAN = timedelta(minutes=30)
LEAST_CONFIRMED = 0.10
SLOWED_PER_MINUTE = 60
ALARM = "hardly anybody confirms"
KIND = "signatures.confirm"
_LOOKS_BACK = timedelta(days=2)

# Mails that left, not attempts: while mail waits, nobody can confirm. An attempt that is gone was
# not confirmed either.
_LAST_MAILS = """
SELECT COUNT(*), COUNT(confirmed_at) FROM (
    SELECT signature.confirmed_at FROM mail_outgoingmail AS mail
    LEFT JOIN signatures_signature AS signature ON signature.public_id = mail.about
    WHERE mail.topic = %(topic)s AND mail.kind = %(kind)s
        AND mail.sent_at > %(since)s AND mail.sent_at < %(until)s
    ORDER BY mail.sent_at DESC LIMIT %(most)s
) AS last
"""


def watch(*, now: datetime) -> None:
    """Slow the mails of letters whose confirmations stay away; staff let them go on."""
    for letter in Letter.objects.open(now):
        rate = confirmed_rate(letter.topic, since=_counted_from(letter.topic, now=now), now=now)
        if rate is not None and rate < LEAST_CONFIRMED:
            _trip(letter, rate, now=now)


def _counted_from(topic: str, *, now: datetime) -> datetime:
    """Judge only what left since a person let the mails go on, or the button would do nothing."""
    looked = Alarm.objects.filter(kind=ALARM, key=topic).aggregate(at=Max("resolved_at"))["at"]
    return max(looked, now - _LOOKS_BACK) if looked else now - _LOOKS_BACK


def confirmed_rate(topic: str, *, since: datetime, now: datetime) -> float | None:
    """Return the share confirmed of the last 500 mails that asked for it over 30 minutes ago.

    None while there are fewer since then.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _LAST_MAILS,
            {
                "topic": topic,
                "kind": KIND,
                "since": since,
                "until": now - OLDER_THAN,
                "most": LOOKS_AT,
            },
        )
        asked, confirmed = cursor.fetchone()
    return confirmed / asked if asked == LOOKS_AT else None


@transaction.atomic
def _trip(letter: Letter, rate: float, *, now: datetime) -> None:
    slowed = throttles.slow(
        letter.topic, per_minute=SLOWED_PER_MINUTE, cause=Throttle.Cause.UNCONFIRMED, now=now
    )
    if not slowed:
        return
    text = _(
        "Letter %(letter)s: of the last %(number)s people asked, only %(percent)s%% confirmed."
        " Somebody may be entering other people's addresses. The letter's mails are sent slowly"
        " until you release them on the delivery page."
    ) % {"letter": letter.slug, "number": LOOKS_AT, "percent": round(rate * 100)}
    alarms.raise_alarm(ALARM, letter.topic, text, now)
