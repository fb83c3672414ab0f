"""One act at a time on one signature and on the place of its address under a letter."""

from __future__ import annotations

from openletter.lib.db.address_locks import lock_address
from openletter.signatures.models import Signature


class Gone(Exception):
    """The row is no more: an unconfirmed attempt was erased, or nobody confirmed it in time."""


def lock_signature(signature_id: int) -> Signature:
    """Return a signature with its letter, for one act at a time, until the transaction ends.

    Whoever may free or take the place of an address under a letter does it by this: with the row
    alone, a confirmation that holds the number would wait for us, and we for the number. What is
    returned was read after the wait, so judge that, and nothing read before. Raises `Gone`.
    """
    key = Signature.objects.filter(pk=signature_id).values_list("email_key", flat=True).first()
    lock_address(bytes(key or b""))
    rows = Signature.objects.select_for_update(of=("self",)).select_related("letter")
    signature = rows.filter(pk=signature_id).first()
    if signature is None:
        raise Gone
    return signature
