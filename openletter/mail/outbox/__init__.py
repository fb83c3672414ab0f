"""The only way to send a mail: put it into the outbox, in the transaction that owes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openletter.lib.db import rows
from openletter.lib.db.rows import New
from openletter.lib.db.statements import only_row_of
from openletter.lib.people.addresses import Recipient
from openletter.mail.limits import recipient_limits
from openletter.mail.models import Lane, OutgoingMail


def enqueue(
    kind: str,
    *,
    dedupe_key: str,
    recipient: Recipient,
    language: str,
    about: UUID,
    topic: str,
    now: datetime,
    lane: Lane = Lane.CONFIRM,
    not_before: datetime | None = None,
    wanted: bool = True,
) -> bool:
    """Owe a mail; a mail with the same dedupe key is owed already. False when limits forbid it.

    Limited mail leaves at the earliest time that its limits allow, which may be some minutes on. A
    mail that is not `wanted` costs the same work and is not stored: so an answer that must not say
    whether a mail is owed does not come sooner either.
    """
    due_at: datetime | None = max(now, not_before or now)
    if kind in recipient_limits.LIMITS:
        due_at = recipient_limits.next_allowed(
            kind, recipient, topic=topic, now=now, not_before=not_before or now
        )
    mail = mail_to(
        recipient,
        kind,
        dedupe_key=dedupe_key,
        language=language,
        lane=lane,
        about=about,
        topic=topic,
        due_at=due_at or now,
    )
    rows.insert(New(mail, wanted=wanted and due_at is not None, ignore_conflicts=True))
    return due_at is not None


def mail_to(
    recipient: Recipient,
    kind: str,
    *,
    dedupe_key: str,
    language: str,
    about: UUID,
    topic: str,
    due_at: datetime,
    lane: Lane = Lane.CONFIRM,
) -> OutgoingMail:
    """Return a mail that is not owed yet: whoever inserts it asks its limits before."""
    return OutgoingMail(
        kind=kind,
        dedupe_key=dedupe_key,
        recipient=recipient.address,
        recipient_key=recipient.email_key,
        mailbox_key=recipient.mailbox_key if recipient.is_tagged else None,
        recipient_domain=recipient.domain,
        language=language,
        lane=lane,
        about=about,
        topic=topic,
        first_due_at=due_at,
        due_at=due_at,
    )


def is_waiting(*, kind: str, about: UUID) -> bool:
    """Say whether a mail of this kind about this thing has still to leave."""
    statement = (
        "SELECT EXISTS (SELECT 1 FROM mail_outgoingmail"
        " WHERE lane = 'confirm' AND about = %s AND kind = %s AND state = 'due')"
    )
    (found,) = only_row_of(statement, [about, kind])
    return bool(found)
