"""A signature moves the number of its letter: by a line of the ledger, in the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from openletter.ledger import append as ledger
from openletter.ledger.append import Counted, Entry
from openletter.ledger.models import LedgerEntry
from openletter.lib.db import rows
from openletter.lib.db.address_locks import number_of
from openletter.lib.db.statements import only_row_of, row_of, short
from openletter.mail.models import OutgoingMail
from openletter.signatures.abuse import flags
from openletter.signatures.models import Signature

# Where a number is moved up, the signature takes its place in the list.
_PLACE = short(f"""
WITH entry AS MATERIALIZED (
    SELECT index, count FROM {ledger.CALL}
)
UPDATE signatures_signature SET ledger_index = entry.index FROM entry
WHERE id = %(signature)s RETURNING entry.index, entry.count
""")  # noqa: S608 - no text of anybody
# All of a confirmation, so that by itself it takes one trip to the server, COMMIT included, and the
# row of the letter's number is kept for none of ours. Its parts come one after the other, because
# each reads from the one before. Why `state || ''`: see signatures/abuse/rate_limits.py.
_PUBLISH = short(f"""
WITH locked AS MATERIALIZED (
    -- One act at a time for an address: of two attempts each would wait for the other's row.
    SELECT pg_advisory_xact_lock(%(lock)s)
), allowed AS MATERIALIZED (
    -- The row and its letter still are what was judged (judgement.py).
    SELECT 1 FROM locked, signatures_signature AS signature
    WHERE id = %(signature)s AND state || '' = 'pending' AND revision = %(revision)s
        AND flags = %(flags)s::varchar[]
        AND EXISTS (SELECT 1 FROM letters_letter AS letter WHERE letter.id = %(letter)s
            AND letter.policy = %(policy)s AND letter.state = %(letter_state)s
            AND letter.closes_at IS NOT DISTINCT FROM %(closes_at)s::timestamptz)
    FOR UPDATE OF signature
), others AS (
    UPDATE signatures_signature SET state = 'expired' FROM allowed
    WHERE letter_id = %(letter)s AND email_key = %(email_key)s AND state || '' = 'pending'
        AND id <> %(signature)s
    RETURNING 1
), receipt AS (
    {{receipt}}
), before AS MATERIALIZED (
    SELECT 1 FROM allowed
    WHERE (SELECT COUNT(*) FROM others) + (SELECT COUNT(*) FROM receipt) >= 0
), entry AS MATERIALIZED (
    SELECT index, count FROM before, {ledger.CALL}
)
UPDATE signatures_signature
SET state = 'published', held_because = '', confirmed_at = %(at)s, page_opened = FALSE,
    confirmed_by = %(confirmed_by)s, ledger_index = entry.index,
    flags = flags || %(objections)s::varchar[]
FROM entry WHERE id = %(signature)s RETURNING entry.index, entry.count
""")  # noqa: S608 - no text of anybody


def count(
    signature: Signature, kind: LedgerEntry.Kind, *, at: datetime, batch: UUID | None = None
) -> Entry:
    """Move the number by a signature whose state just changed. Call it last in a transaction."""
    counted = _counted(signature)
    if kind != LedgerEntry.Kind.SIGNED:
        return ledger.append(counted, kind, at=at, batch=batch)
    return Entry(*only_row_of(_PLACE, ledger.parameters(counted, kind, at=at, batch=batch)))


def count_all(
    letter_id: int,
    signature_ids: Sequence[int],
    kind: LedgerEntry.Kind,
    *,
    people: int,
    at: datetime,
    batch: UUID,
) -> None:
    """Move the number by many signatures of a letter whose states just changed, at once.

    Call it last in a transaction. None of them is counted for the first time.
    """
    if kind == LedgerEntry.Kind.SIGNED:
        raise ValueError("each takes its own place in the list")
    ledger.append_all(letter_id, signature_ids, kind, people=people, at=at, batch=batch)


def publish(
    signature: Signature, *, receipt: OutgoingMail, objections: Sequence[str] = (), at: datetime
) -> Entry | None:
    """Publish a pending signature, expire the address's other attempts, count it, owe a receipt.

    `objections` of rules become flags, besides those that it has.

    None when the row or its letter is not what is in hand any more: then nothing happened. Raises
    `IntegrityError` when another signature of the address counts. One statement: outside of a
    transaction it is one, and inside it comes last.
    """
    letter = signature.letter
    mail, mail_parameters = rows.insertion_from(receipt, ignore_conflicts=True)
    entry = row_of(
        _PUBLISH.format(receipt=mail.format(source="FROM allowed")),
        {
            **mail_parameters,
            **ledger.parameters(_counted(signature), LedgerEntry.Kind.SIGNED, at=at),
            "lock": number_of(bytes(signature.email_key)),
            "email_key": bytes(signature.email_key),
            "confirmed_by": signature.confirmed_by,
            "revision": signature.revision,
            "flags": signature.flags,
            "objections": flags.new_among(objections, signature.flags),
            "policy": str(letter.policy),
            "letter_state": str(letter.state),
            "closes_at": letter.closes_at,
        },
    )
    return Entry(*entry) if entry else None


def _counted(signature: Signature) -> Counted:
    return Counted(
        signature_id=signature.pk,
        letter_id=signature.letter_id,
        people=int(not signature.is_organisation),
        organisations=int(signature.is_organisation),
    )
