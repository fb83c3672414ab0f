"""Mails that are owed, and what became of them."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.mail.models import OutgoingMail
from openletter.signatures.models import Signature
from tests.factories import make_signature


def owe(signature: Signature | None = None, *, key: str = "", about: UUID | None = None) -> None:
    signature = signature or make_signature()
    outbox.enqueue(
        "signatures.confirm",
        dedupe_key=key or f"test:{uuid7()}",
        recipient=Recipient.of(signature.email),
        language=signature.language,
        about=about or signature.public_id,
        topic=signature.letter.topic,
        now=timezone.now(),
    )


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


def caught(folder: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for file in sorted(folder.glob("*.eml"))
    ]
