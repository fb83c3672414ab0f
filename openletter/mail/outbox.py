"""The only way to send a mail: put it into the outbox, in the transaction that owes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max

from openletter.lib.addresses import email_key
from openletter.mail.models import Lane, OutgoingMail


@dataclass(frozen=True)
class Cap:
    """How many mails of some kinds one address may get about one topic, and how far apart."""

    kinds: tuple[str, ...]
    at_most: int
    apart: timedelta


def next_allowed(cap: Cap, *, recipient_key: bytes, topic: str, now: datetime) -> datetime | None:
    """Return when one more mail may leave, or None when there is no room for it.

    Counted in the rows themselves, so that no cache outage opens it. The caller serialises what
    it does for one address, or two requests may both find room for the last one.
    """
    owed = OutgoingMail.objects.filter(
        recipient_key=recipient_key, topic=topic, kind__in=cap.kinds
    ).aggregate(number=Count("pk"), latest=Max("first_due_at"))
    if owed["number"] >= cap.at_most:
        return None
    return now if owed["latest"] is None else max(now, owed["latest"] + cap.apart)


def is_waiting(*, kind: str, about: UUID) -> bool:
    """Say whether a mail of this kind about this thing has still to leave."""
    return OutgoingMail.objects.filter(
        kind=kind, about=about, state=OutgoingMail.State.DUE
    ).exists()


def enqueue(
    kind: str,
    *,
    dedupe_key: str,
    recipient: str,
    language: str,
    about: UUID,
    topic: str,
    now: datetime,
    due_at: datetime | None = None,
    lane: Lane = Lane.CONFIRM,
) -> None:
    """Owe a mail. A mail with the same dedupe key is owed already, and this does nothing."""
    mail = OutgoingMail(
        kind=kind,
        dedupe_key=dedupe_key,
        recipient=recipient,
        recipient_key=email_key(recipient),
        language=language,
        lane=lane,
        about=about,
        topic=topic,
        first_due_at=due_at or now,
        due_at=due_at or now,
    )
    OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
