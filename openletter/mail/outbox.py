"""The only way to send a mail: put it into the outbox, in the transaction that owes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from openletter.lib import crypto
from openletter.lib.addresses import domain_of, email_key
from openletter.lib.ids import uuid7
from openletter.mail import caps
from openletter.mail.models import Lane, OutgoingMail
from openletter.mails import UNVERIFIED

# Every signature pays for this statement, and writing it anew each time would cost more than it.
_OWE = """
INSERT INTO mail_outgoingmail (
    id, kind, dedupe_key, recipient, recipient_key, recipient_domain, language, lane,
    about, topic, state, first_due_at, due_at, attempts, error
) VALUES (
    %(id)s, %(kind)s, %(dedupe_key)s, %(recipient)s, %(key)s, %(domain)s, %(language)s, %(lane)s,
    %(about)s, %(topic)s, 'due', %(due_at)s, %(due_at)s, 0, ''
) ON CONFLICT (dedupe_key) DO NOTHING
"""


def enqueue(
    kind: str,
    *,
    dedupe_key: str,
    recipient: str,
    language: str,
    about: UUID,
    topic: str,
    now: datetime,
    lane: Lane = Lane.CONFIRM,
    recipient_key: bytes | None = None,
) -> bool:
    """Owe a mail; a mail with the same dedupe key is owed already. False when the caps forbid it.

    Unverified mail leaves at the earliest time that the caps allow, which may be some minutes on.
    """
    key = recipient_key or email_key(recipient)
    due_at: datetime | None = now
    if kind in UNVERIFIED:
        due_at = caps.next_allowed(recipient_key=key, topic=topic, now=now)
    if due_at is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            _OWE,
            {
                "id": uuid7(),
                "kind": kind,
                "dedupe_key": dedupe_key,
                "recipient": crypto.encrypt(recipient),
                "key": key,
                "domain": domain_of(recipient),
                "language": language,
                "lane": lane.value,
                "about": about,
                "topic": topic,
                "due_at": due_at,
            },
        )
    return True


def number_about(about: UUID, *, kind: str) -> int:
    """Return how many mails of a kind were ever owed about something."""
    return OutgoingMail.objects.filter(lane=Lane.CONFIRM, about=about, kind=kind).count()


def is_waiting(*, kind: str, about: UUID) -> bool:
    """Say whether a mail of this kind about this thing has still to leave."""
    return OutgoingMail.objects.filter(
        lane=Lane.CONFIRM, kind=kind, about=about, state=OutgoingMail.State.DUE
    ).exists()
