"""A brake per letter (T05): when hardly anybody confirms, somebody else entered the addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from openletter.letters.models import Letter
from openletter.mail import alarms, brakes
from openletter.mail.models import Brake
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
        rate = confirmed_rate(letter.pk, now=now)
        if rate is not None and rate < LEAST_CONFIRMED:
            _trip(letter, rate, now=now)


def confirmed_rate(letter_id: int, *, now: datetime) -> float | None:
    """Return the share confirmed of the last 500 attempts older than 30 minutes.

    None while there are fewer, or they are too old to say anything about today.
    """
    states = list(
        Signature.objects.filter(
            letter=letter_id, created_at__lt=now - OLDER_THAN, created_at__gt=now - _LOOKS_BACK
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
