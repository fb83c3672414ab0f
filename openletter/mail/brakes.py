"""Pause or slow the mails of a letter or mailing, and let them go again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from openletter.mail.models import Brake, DomainPause, OutgoingMail


def batch_key(batch: UUID) -> str:
    """Return the key under which a batch is braked; a topic is its own key."""
    return f"batch:{batch}"


def pause(key: str, *, cause: Brake.Cause, now: datetime) -> None:
    """Let the mails of a topic or batch wait until `release`."""
    Brake.objects.update_or_create(
        key=key, defaults={"paused": True, "per_minute": None, "cause": cause, "at": now}
    )


def slow(key: str, *, per_minute: int, cause: Brake.Cause, now: datetime) -> bool:
    """Let at most so many mails of a topic leave a minute; False when it is braked already."""
    brake = Brake(key=key, per_minute=per_minute, cause=cause, at=now)
    before = Brake.objects.filter(key=key).exists()
    if not before:
        Brake.objects.bulk_create([brake], ignore_conflicts=True)
    return not before


def is_alarmed(topic: str) -> bool:
    """Say whether a topic is braked because something looks like abuse, not by hand."""
    return Brake.objects.filter(key=topic).exclude(cause=Brake.Cause.STAFF).exists()


def release(key: str) -> None:
    """Let the mails of a topic or batch go on."""
    Brake.objects.filter(key=key).delete()


@dataclass
class Braked:
    """What may not be claimed now, and what only slowly."""

    topics: set[str] = field(default_factory=set)
    batches: set[UUID] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    slow: dict[str, int] = field(default_factory=dict)  # topic -> how many may still leave now

    def exclusion(self) -> Q:
        """Return the condition of mails that the ordinary claim leaves alone."""
        unwanted = Q()
        if self.topics or self.slow:
            unwanted |= Q(topic__in=self.topics | set(self.slow))
        if self.batches:
            unwanted |= Q(batch__in=self.batches)
        if self.domains:
            unwanted |= Q(recipient_domain__in=self.domains)
        return unwanted


def braked(now: datetime) -> Braked:
    """Read every brake that is on; there are few or none."""
    found = Braked()
    for brake in Brake.objects.all():
        if brake.paused and brake.key.startswith("batch:"):
            found.batches.add(UUID(brake.key.removeprefix("batch:")))
        elif brake.paused:
            found.topics.add(brake.key)
        elif brake.per_minute is not None:
            found.slow[brake.key] = brake.per_minute - _left_lately(brake.key, now)
    found.domains = set(DomainPause.objects.filter(until__gt=now).values_list("domain", flat=True))
    return found


def _left_lately(topic: str, now: datetime) -> int:
    in_flight = Q(state=OutgoingMail.State.DUE, lease_until__gt=now)
    sent = Q(sent_at__gt=now - timedelta(minutes=1))
    return OutgoingMail.objects.filter(sent | in_flight, topic=topic).count()
