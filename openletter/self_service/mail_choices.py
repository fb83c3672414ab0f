"""What the owner of an address can do about mail: "this wasn't me", no more of it, and again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from openletter.ledger.models import LedgerEntry
from openletter.mail.models import SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.signatures import counting, locks, withdrawing
from openletter.signatures.models import Signature
from openletter.signatures.owner_record import record_act

_S = Signature.State
_BY_SOMEBODY_ELSE = gettext_noop("The owner of the address says that somebody else signed.")


@transaction.atomic
def not_me(signature: Signature, *, now: datetime) -> None:
    """Drop or withdraw a signature that somebody else made, and send no more about its letter.

    Works before and after confirmation, and twice does no harm. Links made before end, as they do
    when an owner withdraws: whoever signed may have got hold of one.
    """
    try:
        found = locks.lock_signature(signature.pk)
    except locks.Gone:
        found = None
    _suppress(signature, signature.letter.topic, SuppressedAddress.Reason.NOT_ME, now)
    if found is None or found.state not in withdrawing.CAN_WITHDRAW:
        return
    withdrawing.take_back(found, now=now, action="not me", reason=_BY_SOMEBODY_ELSE)
    if found.state == _S.PUBLISHED:
        counting.count(found, LedgerEntry.Kind.WITHDRAWN, at=now)


def _suppress(
    signature: Signature, topic: str, reason: SuppressedAddress.Reason, now: datetime
) -> None:
    key = bytes(signature.email_key)
    if key:  # else retention forgot it, and nobody can write to it any more
        suppression.suppress(email_key=key, topic=topic, reason=reason, now=now)


def stop_all_mail(signature: Signature, *, now: datetime) -> None:
    """Send no mail of any kind to the address of a signature again; the signature stays."""
    _suppress(signature, suppression.EVERYTHING, SuppressedAddress.Reason.STOP, now)


def resume_mail(signature: Signature) -> None:
    """Send mail again to the address of a signature that had stopped all of it."""
    suppression.resume(bytes(signature.email_key))


@transaction.atomic
def stop_updates(signature: Signature, *, now: datetime) -> None:
    """Send no more updates on this letter to this signatory; one press is enough (RFC 8058).

    On record like the same choice on the page of the signature, and a second press is no act.
    """
    asked_for = Signature.objects.filter(pk=signature.pk, wants_updates=True)
    if asked_for.update(wants_updates=False):
        record_act(signature, "stop updates", now)
