"""Pause the mails of a letter or mailing, or slow those of a letter, and let them go again.

Only mails to people who may never have asked are slowed: receipts, links and news go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from openletter.mail.limits import streams
from openletter.mail.limits.streams import Stream
from openletter.mail.models import OutgoingMail, Throttle
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
    slow: dict[str, int] = field(default_factory=dict)  # topic -> how many a minute

    def free(self, streams: Iterable[Stream]) -> list[Stream]:
        """Return those that nothing holds back or slows."""
        return [one for one in streams if not (self._holds(one) or self._slows(one))]

    def slowed(self, streams: Iterable[Stream], topic: str) -> list[Stream]:
        """Return those of a slowed topic that only wait for their turn."""
        of_topic = (one for one in streams if one.topic == topic)
        return [one for one in of_topic if self._slows(one) and not self._holds(one)]

    def _holds(self, stream: Stream) -> bool:
        return stream.topic in self.topics or stream.batch in self.batches

    def _slows(self, stream: Stream) -> bool:
        return stream.topic in self.slow and stream.kind in UNVERIFIED


def throttled() -> Throttled:
    """Read every throttle that is on; there are few or none."""
    found = Throttled()
    for throttle in Throttle.objects.all():
        if throttle.paused and throttle.key.startswith("batch:"):
            found.batches.add(UUID(throttle.key.removeprefix("batch:")))
        elif throttle.paused:
            found.topics.add(throttle.key)
        elif throttle.per_minute is not None:
            found.slow[throttle.key] = throttle.per_minute
    return found


def turns(
    throttle: Throttled, lane: str, waiting: Collection[Stream], *, now: datetime
) -> dict[str, int]:
    """Return how many mails of each slowed topic may leave now, of those `waiting` in a lane.

    Takes a lock that is held to the end of the transaction, in which the caller then claims them:
    two workers that count at the same time would both find room.
    """
    if not throttle.slow:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = {}
    for topic, per_minute in throttle.slow.items():
        slowed = throttle.slowed(waiting, topic)
        in_hand = streams.in_hand(lane, slowed, now=now) if slowed else 0
        found[topic] = max(0, per_minute - in_hand - _sent_lately(topic, per_minute, now))
    return found


def _sent_lately(topic: str, most: int, now: datetime) -> int:
    sent = OutgoingMail.objects.filter(
        topic=topic, kind__in=UNVERIFIED, sent_at__gt=now - timedelta(minutes=1)
    )
    # In their order, or PostgreSQL may go through all mails in the hope of meeting so many soon.
    return sent.order_by("-sent_at")[:most].count()
