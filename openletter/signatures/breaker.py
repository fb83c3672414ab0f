"""A brake per letter (T05): when hardly anybody confirms, somebody else entered the addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from openletter.letters.models import Letter
from openletter.mail import alarms, brakes
from openletter.mail.models import Alarm, Brake
from openletter.signatures.models import Signature

LOOKS_AT = 500
OLDER_THAN = timedelta(minutes=30)
LEAST_CONFIRMED = 0.10
SLOWED_PER_MINUTE = 60
ALARM = "hardly anybody confirms"
_LOOKS_BACK = timedelta(days=2)


def watch(*, now: datetime) -> None:
    """Slow the mails of letters whose confirmations stay away; staff let them go on."""
    for letter in Letter.objects.open(now):
        rate = confirmed_rate(letter.pk, since=_counted_from(letter.topic, now=now), now=now)
        if rate is not None and rate < LEAST_CONFIRMED:
            _trip(letter, rate, now=now)


def _counted_from(topic: str, *, now: datetime) -> datetime:
    """Judge only attempts since a person let the mails go on, or the button would do nothing."""
    looked = Alarm.objects.filter(kind=ALARM, key=topic).aggregate(at=Max("resolved_at"))["at"]
    return max(looked, now - _LOOKS_BACK) if looked else now - _LOOKS_BACK


def confirmed_rate(letter_id: int, *, since: datetime, now: datetime) -> float | None:
    """Return the share confirmed of the last 500 attempts older than 30 minutes.

    None while there are fewer since then.
    """
    states = list(
        Signature.objects.filter(
            letter=letter_id, created_at__lt=now - OLDER_THAN, created_at__gt=since
        )
        .order_by("-created_at")
        .values_list("confirmed_at", flat=True)[:LOOKS_AT]
    )
    if len(states) < LOOKS_AT:
        return None
    return sum(confirmed is not None for confirmed in states) / LOOKS_AT


def _trip(letter: Letter, rate: float, *, now: datetime) -> None:
    slowed = brakes.slow(
        letter.topic, per_minute=SLOWED_PER_MINUTE, cause=Brake.Cause.UNCONFIRMED, now=now
    )
    if not slowed:
        return
    text = _(
        "Letter %(letter)s: of the last %(number)s people asked, only %(percent)s %% confirmed."
        " Somebody may be entering other people's addresses. Its mails leave slowly until you"
        " release them on the delivery page."
    ) % {"letter": letter.slug, "number": LOOKS_AT, "percent": round(rate * 100)}
    alarms.raise_alarm(ALARM, letter.topic, text, now)
