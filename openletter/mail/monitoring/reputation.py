"""Pause the mails of a letter when too many of them bounce or are marked as spam (F25).

Providers judge a sender by these shares, and stop taking its mail to anybody: Gmail asks for
complaints below 0.1 % and never 0.3 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.mail.feedback.delivery_events import Kind
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.mail_kinds import MAILS

LOOKS_BACK = timedelta(days=1)
LEAST_SENT = 100
MOST_BOUNCES = 0.05
MOST_COMPLAINTS = 0.001
# One complaint among a hundred mails is one person, not a share.
LEAST_COMPLAINTS = 2
BOUNCES = "too many bounces"
COMPLAINTS = "too many complaints"

# Both ends of the time are named, and each mail is looked up by its key (LIMIT), so that PostgreSQL
# reads no more than that while it does not know how many there are.
_REPORTED = """
FROM mail_mailevent AS event, LATERAL (
    SELECT id, topic, sent_at FROM mail_outgoingmail WHERE id = event.mail_id LIMIT 1
) AS mail
WHERE event.at > %(since)s AND event.at <= %(now)s
"""
_TOPICS = f"SELECT DISTINCT mail.topic {_REPORTED} AND event.kind <> %(soft)s"
# A mail that the relay refused was never sent, and still is one of those that were tried.
_COUNTS = f"""
SELECT COUNT(DISTINCT mail.id) FILTER (WHERE event.kind = ANY(%(bounces)s)),
       COUNT(DISTINCT mail.id) FILTER (WHERE event.kind = ANY(%(bounces)s) AND sent_at IS NULL),
       COUNT(DISTINCT mail.id) FILTER (WHERE event.kind = %(complaint)s)
{_REPORTED} AND mail.topic = %(topic)s AND (mail.sent_at > %(since)s OR mail.sent_at IS NULL)
"""


@dataclass(frozen=True)
class Shares:
    """How the mails of one topic fared."""

    sent: int
    bounced: int
    complained: int

    def is_bad(self, kind: str) -> bool:
        """Say whether they should pause, for bounces or for complaints."""
        if self.sent < LEAST_SENT:
            return False
        if kind == BOUNCES:
            return self.bounced / self.sent > MOST_BOUNCES
        enough = self.complained >= LEAST_COMPLAINTS
        return enough and self.complained / self.sent > MOST_COMPLAINTS


def watch(*, now: datetime) -> None:
    """Pause what fares badly, say why, and note what a person has let go on."""
    paused = set(Throttle.objects.filter(paused=True).values_list("key", flat=True))
    for alarm in Alarm.objects.filter(kind__in=[BOUNCES, COMPLAINTS], resolved_at=None):
        if alarm.key not in paused:
            alarms.resolve(alarm.kind, alarm.key, now)
    for topic in _topics(now - LOOKS_BACK, now=now) - paused:
        shares = shares_of(topic, since=_counted_from(topic, now=now), now=now)
        if shares.is_bad(COMPLAINTS):
            _pause(topic, COMPLAINTS, shares, now=now)
        elif shares.is_bad(BOUNCES):
            _pause(topic, BOUNCES, shares, now=now)


def shares_of(topic: str, *, since: datetime, now: datetime) -> Shares:
    """Count what was sent about a topic, as far as it matters, and what was reported of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "topic": topic,
                "since": since,
                "now": now,
                "bounces": [Kind.HARD_BOUNCE, Kind.REFUSED],
                "complaint": Kind.COMPLAINT,
            },
        )
        bounced, never_sent, complained = cursor.fetchone()
    # More would only make the shares smaller that decide: there may be very many.
    enough = max(LEAST_SENT, bounced / MOST_BOUNCES, complained / MOST_COMPLAINTS)
    sent = OutgoingMail.objects.filter(topic=topic, kind__in=MAILS, sent_at__gt=since)
    return Shares(sent[: math.ceil(enough)].count() + never_sent, bounced, complained)


def _topics(since: datetime, *, now: datetime) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS, {"since": since, "now": now, "soft": Kind.SOFT_BOUNCE})
        return {topic for (topic,) in cursor.fetchall()}


def _counted_from(topic: str, *, now: datetime) -> datetime:
    """Judge only what left since a person last looked, or the first click would do nothing."""
    looked = Alarm.objects.filter(kind__in=[BOUNCES, COMPLAINTS], key=topic).aggregate(
        at=Max("resolved_at")
    )["at"]
    return max(looked, now - LOOKS_BACK) if looked else now - LOOKS_BACK


@transaction.atomic
def _pause(topic: str, kind: str, shares: Shares, *, now: datetime) -> None:
    if kind == BOUNCES:
        cause = Throttle.Cause.BOUNCES
        text = _(
            "Mails about %(topic)s are paused: of %(sent)s sent within a day, %(number)s could"
            " not be delivered, which is more than 5%%. Find out where the addresses come from,"
            " then release the mails on the delivery page."
        )
        number = shares.bounced
    else:
        cause = Throttle.Cause.COMPLAINTS
        text = _(
            "Mails about %(topic)s are paused: of %(sent)s sent within a day, %(number)s were"
            " marked as spam, which is more than 0.1%%. Find out why people did not expect them,"
            " then release the mails on the delivery page."
        )
        number = shares.complained
    throttles.pause(topic, cause=cause, now=now)
    alarms.raise_alarm(
        kind, topic, text % {"topic": topic, "sent": shares.sent, "number": number}, now
    )
