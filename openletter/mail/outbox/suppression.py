"""Addresses that get no mail, on one topic or at all, known only by their keyed hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail_kinds import DESPITE_STOP

EVERYTHING = ""

# Each address by the index (OFFSET), however many PostgreSQL thinks there are.
_KNOWN = """
SELECT mail.key, known.topic, known.reason
FROM unnest(%s::bytea[], %s::text[]) AS mail (key, topic), LATERAL (
    SELECT topic, reason FROM mail_suppressedaddress
    WHERE email_key = mail.key AND topic IN ('', mail.topic) OFFSET 0
) AS known
"""


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


def reasons(email_key: bytes, topic: str) -> set[str]:
    """Return why an address gets no mail about a topic; nothing when it gets some."""
    if not email_key:  # it was forgotten, and nobody can write to it
        return set()
    known = SuppressedAddress.objects.filter(email_key=email_key, topic__in=[topic, EVERYTHING])
    return set(known.values_list("reason", flat=True))


def allow_once(email_key: bytes, *, now: datetime) -> bool:
    """Let one mail through to an address whose owner stopped all mail; False if one was already.

    For whoever wants to come back: anybody can ask for it in their place, so it is never a second.
    """
    stopped = SuppressedAddress.objects.filter(
        email_key=email_key,
        topic=EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        excepted_at=None,
    )
    return bool(stopped.update(excepted_at=now))


def resume(email_key: bytes) -> None:
    """Send mail again to an address whose owner stopped all of it and has thought better."""
    SuppressedAddress.objects.filter(
        email_key=email_key, topic=EVERYTHING, reason=SuppressedAddress.Reason.STOP
    ).delete()


def forget_topics(topics: Iterable[str]) -> None:
    """Forget who wanted no mail about topics that are over; whoever wanted none at all stays."""
    SuppressedAddress.objects.filter(topic__in=topics).exclude(topic=EVERYTHING).delete()


def suppressed_among(mails: Iterable[OutgoingMail]) -> set[object]:
    """Return the ids of those mails whose address wants or takes no such mail.

    Asked right before sending, so that a suppression also stops what was owed before it.
    """
    mails = list(mails)
    keys = [bytes(mail.recipient_key) for mail in mails]
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [keys, [mail.topic for mail in mails]])
        stopped = {(bytes(key), topic): reason for key, topic, reason in cursor.fetchall()}
    return {mail.pk for mail in mails if _is_stopped(mail, stopped)}


def _is_stopped(mail: OutgoingMail, stopped: Mapping[tuple[bytes, str], str]) -> bool:
    key = bytes(mail.recipient_key)
    everything = stopped.get((key, EVERYTHING))
    if everything == SuppressedAddress.Reason.STOP and mail.kind in DESPITE_STOP:
        everything = None
    return everything is not None or (key, mail.topic) in stopped
