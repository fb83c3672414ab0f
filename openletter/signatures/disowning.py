"""What the owner of an address can do about mail: "this wasn't me", no more of it, and again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openletter.mail import suppression
from openletter.mail.models import SuppressedAddress
from openletter.moderation import audit
from openletter.signatures import flows, ledger
from openletter.signatures.models import LedgerEntry, Signature

_S = Signature.State
# Where a signature goes that its owner never made; from none of these does anybody bring it back.
_AWAY = {
    _S.PENDING: _S.EXPIRED,
    _S.HELD: _S.WITHDRAWN,
    _S.PUBLISHED: _S.WITHDRAWN,
    _S.REMOVED: _S.WITHDRAWN,
}


@transaction.atomic
def not_me(signature_id: int, *, now: datetime) -> None:
    """Drop or withdraw a signature that somebody else made, and send no more about its letter.

    Works before and after confirmation, and twice does no harm.
    """
    signature = flows.take_in_hand(signature_id)
    suppression.suppress(
        email_key=bytes(signature.email_key),
        topic=signature.letter.topic,
        reason=SuppressedAddress.Reason.NOT_ME,
        now=now,
    )
    before = Signature.State(signature.state)
    if before not in _AWAY:
        return
    Signature.objects.filter(pk=signature.pk, state=before).update(state=_AWAY[before])
    audit.record(
        actor_id=None,
        action="not me",
        object_kind="signature",
        object_id=signature.public_id,
        reason="The owner of the address says that somebody else signed.",
        now=now,
        before={"state": before.value},
        after={"state": _AWAY[before].value},
    )
    if before == _S.PUBLISHED:
        ledger.append(signature, LedgerEntry.Kind.WITHDRAWN, at=now)


def stop_all_mail(signature: Signature, *, now: datetime) -> None:
    """Send no mail of any kind to the address of a signature again; the signature stays."""
    suppression.suppress(
        email_key=bytes(signature.email_key),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=now,
    )


def resume_mail(signature: Signature) -> None:
    """Send mail again to the address of a signature that had stopped all of it."""
    suppression.resume(bytes(signature.email_key))


def stop_updates(signature: Signature) -> None:
    """Send no more updates on this letter to this signatory; one press is enough (RFC 8058)."""
    Signature.objects.filter(pk=signature.pk).update(wants_updates=False)
