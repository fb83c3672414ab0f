"""How the outbox stands: per lane and topic, in three queries however many mails there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, Min, Q, QuerySet

from openletter.mail.limits import streams, throttles
from openletter.mail.models import Lane, OutgoingMail
from openletter.mail.transport import smtp_replies

SENT_WITHIN = timedelta(hours=24)
# When a mail failed stands in no row, so it is when the mail was owed that counts.
FAILED_WITHIN = timedelta(days=7)
_S = OutgoingMail.State
FAILED = (_S.BOUNCED, _S.COMPLAINED, _S.PARKED, _S.DROPPED)


@dataclass(frozen=True)
class Numbers:
    """Where mails are. Each is counted once: `due` waits for its first try, `deferred` for more,
    `later` for its time to come.
    """

    due: int = 0
    later: int = 0
    in_flight: int = 0
    deferred: int = 0
    parked: int = 0  # whenever they were owed: they wait for a person
    sent: int = 0  # within 24 hours
    bounced: int = 0  # of those owed within seven days, as are the next two
    complained: int = 0
    suppressed: int = 0
    oldest_due_at: datetime | None = None

    def __add__(self, other: Numbers) -> Numbers:
        oldest = [at for at in (self.oldest_due_at, other.oldest_due_at) if at]
        added = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return Numbers(**added, oldest_due_at=min(oldest, default=None))

    @property
    def all(self) -> int:
        return sum(getattr(self, name) for name in COUNTED)


_Groups = list[tuple[str, str, Numbers]]
COUNTED = tuple(field.name for field in fields(Numbers) if field.name != "oldest_due_at")


def total(numbers: Iterable[Numbers]) -> Numbers:
    return sum(numbers, start=Numbers())


def by_lane_and_topic(*, now: datetime) -> dict[tuple[str, str], Numbers]:
    """Count the mails of every lane and topic that has any to show."""
    found: dict[tuple[str, str], Numbers] = {}
    for lane, topic, numbers in (*_waiting(now), *_sent(now), *_failed(now)):
        found[lane, topic] = found.get((lane, topic), Numbers()) + numbers
    return found


def _waiting(now: datetime) -> _Groups:
    unclaimed = Q(lease_until=None) | Q(lease_until__lte=now)
    untried = Q(attempts=0, tried_at=None)
    return _grouped(
        OutgoingMail.objects.filter(state=_S.DUE, kind__gt=""),  # as the index of these says
        due=Count("pk", filter=unclaimed & untried & Q(due_at__lte=now)),
        later=Count("pk", filter=unclaimed & untried & Q(due_at__gt=now)),
        in_flight=Count("pk", filter=Q(lease_until__gt=now)),
        deferred=Count("pk", filter=unclaimed & ~untried),
        oldest_due_at=Min("due_at", filter=Q(due_at__lte=now)),
    )


def _sent(now: datetime) -> _Groups:
    # Naming every lane lets PostgreSQL look the last ones up in an index.
    sent = OutgoingMail.objects.filter(lane__in=Lane.values, sent_at__gt=now - SENT_WITHIN)
    return _grouped(sent, sent=Count("pk", filter=Q(state=_S.SENT)))


def _failed(now: datetime) -> _Groups:
    recent = Q(state=_S.PARKED) | Q(first_due_at__gt=now - FAILED_WITHIN)
    suppressed = Q(state=_S.DROPPED, error=smtp_replies.SUPPRESSED.error)
    return _grouped(
        OutgoingMail.objects.filter(recent, state__in=FAILED),
        parked=Count("pk", filter=Q(state=_S.PARKED)),
        bounced=Count("pk", filter=Q(state=_S.BOUNCED)),
        complained=Count("pk", filter=Q(state=_S.COMPLAINED)),
        suppressed=Count("pk", filter=suppressed),
    )


def _grouped(mails: QuerySet[OutgoingMail], **counts: Aggregate) -> _Groups:
    rows = mails.values_list("lane", "topic").annotate(**counts)
    return [
        (lane, topic, Numbers(**dict(zip(counts, row, strict=True)))) for lane, topic, *row in rows
    ]


def held_up_since(lane: str, *, now: datetime) -> datetime | None:
    """Return since when the oldest mail of a lane is due that nothing holds back on purpose."""
    free = throttles.throttled().free(streams.of(lane))
    return next(iter(streams.oldest(lane, free, now=now, most=1)), None)
