"""Alarms about sending, which call themselves off: a relay that refuses us, tries that fail, mail
that was given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.mail.models import Lane, OutgoingMail
from openletter.mail.transport import smtp_replies

REFUSED = "the relay refuses our mail"
FAILING = "most mail fails"
GIVEN_UP = "mail was given up"

# A relay that is away is tried every thirty seconds, so a no that is older has passed.
_REFUSED_WITHIN = timedelta(minutes=10)
_TRIED_WITHIN = timedelta(hours=1)
# The second try is what greylisting and chance rarely survive.
_TRIES = 2
_LEAST_MAILS = 3
# Of all that was tried: an alarm is raised above the first and over below the second.
_TOO_MANY = 1 / 2
_WELL_AGAIN = 1 / 3
_S = OutgoingMail.State


def watch(*, now: datetime) -> None:
    """Raise what must be raised, and resolve what is over."""
    _watch_relay(now)
    for lane in Lane.values:
        _watch_tries(lane, now)
    _watch_given_up(now)


def _watch_relay(now: datetime) -> None:
    refused = OutgoingMail.objects.filter(
        state=_S.DUE, tried_at__gt=now - _REFUSED_WITHIN, error__startswith=smtp_replies.REFUSES
    )
    newest = refused.order_by("-tried_at").first()
    if newest is None:
        alarms.resolve(REFUSED, "", now)
        return
    text = _(
        "The mail server refuses our mail: %(error)s. All mail is waiting, and none is lost."
        " Check that the address and password in EMAIL_URL are right, that the server lets"
        " FROM_EMAIL send, and that your account still has quota."
    ) % {"error": _reason(newest)}
    alarms.raise_alarm(REFUSED, "", text, now)


def _watch_tries(lane: str, now: datetime) -> None:
    since = now - _TRIED_WITHIN
    failing = OutgoingMail.objects.filter(
        state=_S.DUE, lane=lane, tried_at__gt=since, attempts__gte=_TRIES
    )
    failed = failing.count()
    # No more of those that left than decide: there may be very many.
    left = OutgoingMail.objects.filter(lane=lane, sent_at__gt=since)
    sent = left[: round(failed / _WELL_AGAIN)].count() if failed else 0
    if failed < _LEAST_MAILS or failed < _WELL_AGAIN * (failed + sent):
        alarms.resolve(FAILING, lane, now)
        return
    newest = failing.order_by("-tried_at").first()
    if newest is None or failed <= _TOO_MANY * (failed + sent):
        return
    text = _(
        "More than half of the mails in the lane %(lane)s that were attempted within an hour have"
        " failed at least twice, most recently with: %(error)s. Check that the mail server is"
        " well. Mails are given up after eight attempts, which takes about nine hours."
    ) % {"lane": lane, "error": _reason(newest)}
    alarms.raise_alarm(FAILING, lane, text, now)


def _watch_given_up(now: datetime) -> None:
    newest = OutgoingMail.objects.filter(state=_S.PARKED).order_by("-tried_at").first()
    if newest is None:
        alarms.resolve(GIVEN_UP, "", now)
        return
    looked = Alarm.objects.filter(kind=GIVEN_UP).aggregate(at=Max("resolved_at"))["at"]
    if newest.tried_at is None or (looked and newest.tried_at <= looked):
        return  # a person has seen these, and left them where they are
    text = _(
        "Mails were given up after eight attempts, most recently with: %(error)s. Fix the cause,"
        " then have them tried again on the delivery page."
    ) % {"error": _reason(newest)}
    alarms.raise_alarm(GIVEN_UP, "", text, now)


def _reason(mail: OutgoingMail) -> str:
    """Return the name and code in an error, without our own words before them."""
    return mail.error.rpartition("(")[2].rstrip(")") or mail.error
