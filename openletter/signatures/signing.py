"""Somebody signs: an attempt is stored, and the mail that asks whether it was them is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from openletter.letters.asked_fields import Answers
from openletter.letters.models import Letter, Translation
from openletter.lib.db import rows
from openletter.lib.db.address_locks import lock_address
from openletter.lib.db.rows import New
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.mail.models import Lane, OutgoingMail
from openletter.signatures import consents
from openletter.signatures.abuse import rate_limits
from openletter.signatures.abuse.rate_limits import Sender
from openletter.signatures.models import Signature

MOST_PENDING = 5
_CONFIRM, _SIGNED_ALREADY = "signatures.confirm", "signatures.signed_already"


@dataclass(frozen=True, kw_only=True)
class Signer(Answers):
    """What somebody typed about themselves, tidied."""

    kind: str
    name: str
    represented_by: str = ""
    show_name: bool = False
    retain_name: bool = False
    wants_updates: bool = False


def sign(
    *,
    letter: Letter,
    text: Translation,
    email: str,
    signer: Signer,
    language: str,
    now: datetime,
    sender: Sender = Sender(),  # noqa: B008 - frozen
) -> UUID:
    """Store an attempt and the mail it owes; return a reference for the page that follows.

    The caller learns nothing about the address: the reference looks the same when the address
    has signed already (it gets another mail) or may get no mail for now. The database is asked the
    same questions in every case, so that time tells nothing either (T07). Of very many attempts of
    an address the newest go on waiting, so that nobody can fill its places (T52).
    """
    recipient = Recipient.of(email)
    attempt = Signature(
        public_id=uuid7(now),  # its form is deleted by this time (retention.py)
        letter=letter,
        translation=text,
        language=language,
        email=email,
        email_key=recipient.email_key,
        email_domain=recipient.domain,
        consent=consents.CURRENT,
        created_at=now,
        asked_at=now,
        **vars(signer),
    )
    with transaction.atomic():
        lock_address(recipient.email_key, recipient.mailbox_key)
        noted = rate_limits.record_submission(
            attempt, sender, recipient=recipient, kind=_CONFIRM, others=MOST_PENDING - 1, now=now
        )
        attempt.flags = noted.flags
        mail = mail_about(
            attempt,
            _CONFIRM if noted.counted is None else _SIGNED_ALREADY,
            about=noted.counted or attempt.public_id,
            due_at=noted.mail_at or now,
            recipient=recipient,
        )
        stored = New(attempt, wanted=noted.counted is None)
        rows.insert(stored, New(mail, wanted=noted.mail_at is not None, ignore_conflicts=True))
    return attempt.public_id


def mail_about(
    signature: Signature,
    kind: str,
    *,
    about: UUID,
    due_at: datetime,
    recipient: Recipient | None = None,
) -> OutgoingMail:
    """Return a mail to a signature's address that is not owed yet; each is owed once."""
    return outbox.mail_to(
        recipient or _recipient(signature), kind, due_at=due_at, **_which(signature, kind, about)
    )


def enqueue_mail(
    signature: Signature,
    kind: str,
    *,
    about: UUID,
    now: datetime,
    copy: object = 0,
    not_before: datetime | None = None,
    wanted: bool = True,
    lane: Lane = Lane.CONFIRM,
) -> bool:
    """Enqueue a mail to a signature's address; False when its limits leave no room for it.

    A mail with the same `copy` is owed once.
    """
    return outbox.enqueue(
        kind,
        recipient=_recipient(signature),
        now=now,
        not_before=not_before,
        wanted=wanted,
        lane=lane,
        **_which(signature, kind, about, copy),
    )


def _which(signature: Signature, kind: str, about: UUID, copy: object = 0) -> dict[str, Any]:
    """Return what says which mail it is, and what it counts against."""
    return {
        "dedupe_key": f"{kind}:{signature.public_id}:{copy}",
        "language": signature.language,
        "about": about,
        "topic": signature.letter.topic,
    }


def _recipient(signature: Signature) -> Recipient:
    """Return the address of a signature, by the hash that is kept with it."""
    return Recipient.of(signature.email)._replace(email_key=bytes(signature.email_key))
