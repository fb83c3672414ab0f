"""Pause the mails of a letter or mailing, or slow those of a letter, and let them go again.

Only mails to people who may never have asked are slowed: receipts, links and news go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from openletter.mail.models import DomainPause, OutgoingMail, OutgoingMailQuerySet, Throttle
from openletter.mail_kinds import UNVERIFIED

_LOCK = 0x736C6F77  # any number, the same in every worker


def batch_key(batch: UUID) -> str:
    """Return the key under which a batch is throttled; a topic is its own key."""
    return f"batch:{batch}"


def pause(key: str, *, cause: Throttle.Cause, now: datetime) -> None:
    """Let the mails of a topic or batch wait until `release`."""
    Throttle.objects.update_or_create(
        key=key, defaults={"paused": True, "per_minute": None, "cause": cause, "at": now}
    )


def slow(key: str, *, per_minute: int, cause: Throttle.Cause, now: datetime) -> bool:
    """Let at most so many unverified mails of a topic leave a minute; False if it is throttled."""
    throttle = Throttle(key=key, per_minute=per_minute, cause=cause, at=now)
    before = Throttle.objects.filter(key=key).exists()
    if not before:
        Throttle.objects.bulk_create([throttle], ignore_conflicts=True)
    return not before


def is_alarmed(topic: str) -> bool:
    """Say whether a topic is throttled because something looks like abuse, not by hand."""
    return Throttle.objects.filter(key=topic).exclude(cause=Throttle.Cause.STAFF).exists()


def release(key: str) -> None:
    """Let the mails of a topic or batch go on."""
    Throttle.objects.filter(key=key).delete()


@dataclass
class Throttled:
    """What may not be claimed now, and what only slowly."""

    topics: set[str] = field(default_factory=set)
    batches: set[UUID] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    slow: dict[str, int] = field(default_factory=dict)  # topic -> how many a minute

    def free(self, mails: OutgoingMailQuerySet) -> OutgoingMailQuerySet:
        """Return those that nothing holds back or slows."""
        held = self._held()
        if self.slow:
            held |= Q(topic__in=self.slow, kind__in=UNVERIFIED)
        return mails.exclude(held) if held else mails

    def slowed(self, mails: OutgoingMailQuerySet, topic: str) -> OutgoingMailQuerySet:
        """Return those of a slowed topic that only wait for their turn."""
        held = self._held()
        slowed = mails.filter(topic=topic, kind__in=UNVERIFIED)
        return slowed.exclude(held) if held else slowed

    def _held(self) -> Q:
        held = Q()
        if self.topics:
            held |= Q(topic__in=self.topics)
        if self.batches:
            held |= Q(batch__in=self.batches)
        if self.domains:
            held |= Q(recipient_domain__in=self.domains)
        return held


def throttled(now: datetime) -> Throttled:
    """Read every throttle that is on; there are few or none."""
    found = Throttled()
    for throttle in Throttle.objects.all():
        if throttle.paused and throttle.key.startswith("batch:"):
            found.batches.add(UUID(throttle.key.removeprefix("batch:")))
        elif throttle.paused:
            found.topics.add(throttle.key)
        elif throttle.per_minute is not None:
            found.slow[throttle.key] = throttle.per_minute
    found.domains = set(DomainPause.objects.filter(until__gt=now).values_list("domain", flat=True))
    return found


def turns(throttle: Throttled, *, now: datetime) -> dict[str, int]:
    """Return how many mails of each slowed topic may leave now.

    Takes a lock that is held to the end of the transaction, in which the caller then claims them:
    two workers that count at the same time would both find room.
    """
    if not throttle.slow:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return {
        topic: max(0, per_minute - _left_lately(topic, now))
        for topic, per_minute in throttle.slow.items()
    }


def _left_lately(topic: str, now: datetime) -> int:
    in_flight = Q(state=OutgoingMail.State.DUE, lease_until__gt=now)
    sent = Q(sent_at__gt=now - timedelta(minutes=1))
    mails = OutgoingMail.objects.filter(sent | in_flight, topic=topic, kind__in=UNVERIFIED)
    return mails.count()
