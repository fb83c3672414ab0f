"""Tell a signer that a moderator removed their signature; first there is time to undo it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.utils import translation

from openletter.mail.models import Lane, OutgoingMail
from openletter.moderation import given_reasons
from openletter.signatures import signing
from openletter.signatures.mails import removed
from openletter.signatures.models import Signature

# A moderator notices a wrong key within minutes.
DELAY = timedelta(minutes=10)
_KIND = "signatures.removed"


def owe(signature: Signature, *, reason: str, now: datetime) -> None:
    """Owe the mail about a removal, in its transaction; none where nobody could read it."""
    if signature.erased_at is not None or reason in given_reasons.NOBODY_TO_TELL:
        return
    signing.enqueue_mail(
        signature,
        _KIND,
        about=signature.public_id,
        now=now,
        not_before=now + DELAY,
        copy=f"{now:%Y%m%dT%H%M%S%f}",
        lane=Lane.BULK,
    )


def take_back(signature: Signature) -> None:
    """Let no mail leave about a removal that is over.

    One that a worker has in hand finds nothing to say (signatures/mails/removed.py).
    """
    key = bytes(signature.email_key)
    owed = OutgoingMail.objects.filter(
        recipient_key=key, kind=_KIND, about=signature.public_id, state=OutgoingMail.State.DUE
    )
    owed.update(state=OutgoingMail.State.DROPPED)


def preview(signature: Signature) -> str:
    """Return the mail's words in the signer's language, without its links, which are theirs."""
    with translation.override(signature.language or None):
        return render_to_string("emails/removed/words.txt", removed.words(signature)).strip()
