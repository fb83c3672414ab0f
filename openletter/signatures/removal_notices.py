"""Tell a signer that a moderator removed their signature; first there is time to undo it.

Whoever was told, and whose signature is back, is told that too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.utils import translation

from openletter.mail.models import Lane, OutgoingMail
from openletter.mail_kinds import REMOVALS
from openletter.moderation import given_reasons
from openletter.signatures import signing
from openletter.signatures.mails import removed
from openletter.signatures.models import Signature

# A moderator notices a wrong key within minutes.
DELAY = timedelta(minutes=10)
_KIND = "signatures.removed"
RESTORED = "signatures.restored"


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


def take_back(signature: Signature, *, now: datetime, tells: bool) -> None:
    """Let no mail leave about a removal that is over; where one has left, and it `tells`, say so.

    One that a worker has in hand finds nothing to say (signatures/mails/removed.py), or is as good
    as sent.
    """
    about = OutgoingMail.objects.filter(
        recipient_key=bytes(signature.email_key), kind__in=REMOVALS, about=signature.public_id
    )
    mails = list(about.select_for_update().defer("recipient").order_by("first_due_at"))
    due = [mail for mail in mails if mail.state == OutgoingMail.State.DUE]
    left = [mail for mail in mails if mail.state == OutgoingMail.State.SENT]
    left += [mail for mail in due if mail.lease_until is not None and mail.lease_until >= now]
    about.filter(pk__in=[mail.pk for mail in due]).update(state=OutgoingMail.State.DROPPED)
    if not left or not tells or signature.erased_at is not None:
        return
    signing.enqueue_mail(
        signature,
        RESTORED,
        about=signature.public_id,
        now=now,
        not_before=now + DELAY,
        copy=left[-1].pk,  # once for each removal that was told
        lane=Lane.BULK,
    )


def preview(signature: Signature) -> str:
    """Return the mail's words in the signer's language, without its links, which are theirs."""
    with translation.override(signature.language or None):
        return render_to_string("emails/removed/words.txt", removed.words(signature)).strip()
