"""A test mail to a member of staff, the way every mail goes."""

from __future__ import annotations

from datetime import datetime

from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import Recipient, email_key
from openletter.mail import outbox
from openletter.mail.mails.self_test import KIND, TOPIC
from openletter.mail.models import OutgoingMail


def send(address: str, *, language: str, now: datetime) -> bool:
    """Owe a test mail; False while the one before has not left."""
    before = latest(address)
    if before is not None and before.state == OutgoingMail.State.DUE:
        return False
    about = uuid7()
    return outbox.enqueue(
        KIND,
        dedupe_key=f"{KIND}:{about}",
        recipient=Recipient.of(address),
        language=language,
        about=about,
        topic=TOPIC,
        now=now,
    )


def latest(address: str) -> OutgoingMail | None:
    """Return the newest test mail to an address, to see what became of it."""
    mails = OutgoingMail.objects.filter(recipient_key=email_key(address), kind=KIND)
    return mails.order_by("-first_due_at").first()
