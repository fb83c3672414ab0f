"""Somebody signs: an attempt is stored, and the mail that asks whether it was them is owed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openletter.letters.asked_fields import Answers
from openletter.letters.models import Letter, Translation
from openletter.lib.db import rows
from openletter.lib.db.address_locks import lock_address
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import domain_of, email_key, mailbox_key
from openletter.mail import outbox
from openletter.signatures import consents
from openletter.signatures.abuse import rate_limits
from openletter.signatures.abuse.rate_limits import Sender
from openletter.signatures.models import Signature

MOST_PENDING = 5


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
    key = email_key(email)
    attempt = Signature(
        public_id=uuid7(),
        letter=letter,
        translation=text,
        language=language,
        email=email,
        email_key=key,
        email_domain=domain_of(email),
        consent=consents.CURRENT,
        created_at=now,
        asked_at=now,
        **asdict(signer),
    )
    with transaction.atomic():
        lock_address(key, mailbox_key(email))
        noted = rate_limits.record_submission(attempt, sender, others=MOST_PENDING - 1, now=now)
        attempt.flags = noted.flags
        rows.insert(attempt, wanted=noted.counted is None)
        enqueue_mail(
            attempt,
            "signatures.confirm" if noted.counted is None else "signatures.signed_already",
            about=noted.counted or attempt.public_id,
            now=now,
            not_before=noted.mail_from,
        )
    return attempt.public_id


def enqueue_mail(
    signature: Signature,
    kind: str,
    *,
    about: UUID,
    now: datetime,
    copy: object = 0,
    not_before: datetime | None = None,
    wanted: bool = True,
) -> bool:
    """Enqueue a mail to a signature's address; False when the caps leave no room for it.

    A mail with the same `copy` is owed once.
    """
    return outbox.enqueue(
        kind,
        dedupe_key=f"{kind}:{signature.public_id}:{copy}",
        recipient=signature.email,
        recipient_key=bytes(signature.email_key),
        language=signature.language,
        about=about,
        topic=signature.letter.topic,
        now=now,
        not_before=not_before,
        wanted=wanted,
    )
