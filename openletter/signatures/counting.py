"""A signature moves the number of its letter: by a line of the ledger, in the same statement."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openletter.ledger import append as ledger
from openletter.ledger.append import Counted, Entry
from openletter.ledger.models import LedgerEntry
from openletter.signatures.models import Signature

_AND_PLACE = """
UPDATE signatures_signature SET ledger_index = entry.index FROM entry
WHERE id = %(signature)s RETURNING entry.index, entry.count
"""
# The guarded change of state comes first, and the number moves only if it happens: if the row and
# its letter still are what was judged (see judgement.py).
_IF_AS_JUDGED = """
WITH others AS (
    UPDATE signatures_signature SET state = 'expired'
    WHERE letter_id = %(letter)s AND email_key = %(email_key)s AND state = 'pending'
        AND id <> %(signature)s
), allowed AS (
    SELECT 1 FROM signatures_signature AS signature
    WHERE id = %(signature)s AND state = 'pending' AND revision = %(revision)s
        AND flags = %(flags)s::varchar[]
        AND EXISTS (SELECT 1 FROM letters_letter AS letter WHERE letter.id = %(letter)s
            AND letter.policy = %(policy)s AND letter.state = %(letter_state)s
            AND letter.closes_at IS NOT DISTINCT FROM %(closes_at)s::timestamptz)
    FOR UPDATE OF signature
), """
_AND_PUBLISH = """
UPDATE signatures_signature
SET state = 'published', held_because = '', confirmed_at = %(at)s,
    confirmed_by = %(confirmed_by)s, ledger_index = entry.index
FROM entry WHERE id = %(signature)s RETURNING entry.index, entry.count
"""


def count(
    signature: Signature, kind: LedgerEntry.Kind, *, at: datetime, batch: UUID | None = None
) -> Entry:
    """Move the number by a signature whose state just changed. Call it last in a transaction."""
    then = _AND_PLACE if kind == LedgerEntry.Kind.SIGNED else ledger.RETURN
    entry = ledger.append(_counted(signature), kind, at=at, batch=batch, then=then)
    if entry is None:
        raise LookupError(f"letter {signature.letter_id} has no tally to count down from")
    return entry


def publish(signature: Signature, *, at: datetime) -> Entry | None:
    """Publish a pending signature, expire the address's other attempts, and count it, at once.

    None when the row or its letter is not what is in hand any more; then nothing counts, and the
    caller judges again or rolls back. Raises `IntegrityError` when another signature of the address
    counts. Call it last in a transaction.
    """
    letter = signature.letter
    return ledger.append(
        _counted(signature),
        LedgerEntry.Kind.SIGNED,
        at=at,
        only_if=_IF_AS_JUDGED,
        then=_AND_PUBLISH,
        more={
            "email_key": bytes(signature.email_key),
            "confirmed_by": signature.confirmed_by,
            "revision": signature.revision,
            "flags": signature.flags,
            "policy": str(letter.policy),
            "letter_state": str(letter.state),
            "closes_at": letter.closes_at,
        },
    )


def _counted(signature: Signature) -> Counted:
    return Counted(
        signature_id=signature.pk,
        letter_id=signature.letter_id,
        people=int(not signature.is_organisation),
        organisations=int(signature.is_organisation),
    )
