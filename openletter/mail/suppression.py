"""Addresses that get no mail, on one topic or at all, known only by their keyed hash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from openletter.mail.models import OutgoingMail, SuppressedAddress

EVERYTHING = ""


def suppress(
    *, email_key: bytes, topic: str, reason: SuppressedAddress.Reason, now: datetime
) -> None:
    """Send no more mail to an address about a topic, or `EVERYTHING`; at once and for all lanes."""
    row = SuppressedAddress(email_key=email_key, topic=topic, reason=reason, at=now)
    SuppressedAddress.objects.bulk_create([row], ignore_conflicts=True)


def is_suppressed(email_key: bytes, topic: str) -> bool:
    """Say whether an address gets no mail about a topic."""
    return SuppressedAddress.objects.filter(
        email_key=email_key, topic__in=[topic, EVERYTHING]
    ).exists()


def forget_topic(topic: str) -> None:
    """Forget who wanted no mail about a topic that is over; whoever wanted none at all stays."""
    SuppressedAddress.objects.filter(topic=topic).exclude(topic=EVERYTHING).delete()


def suppressed_among(mails: Iterable[OutgoingMail]) -> set[object]:
    """Return the ids of those mails whose address wants or takes no such mail.

    Asked right before sending, so that a suppression also stops what was owed before it.
    """
    mails = list(mails)
    known = set(
        SuppressedAddress.objects.filter(
            email_key__in={bytes(mail.recipient_key) for mail in mails}
        ).values_list("email_key", "topic")
    )
    stopped = {(bytes(key), topic) for key, topic in known}
    return {
        mail.pk
        for mail in mails
        if {(bytes(mail.recipient_key), EVERYTHING), (bytes(mail.recipient_key), mail.topic)}
        & stopped
    }
