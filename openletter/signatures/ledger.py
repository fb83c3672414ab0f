"""The only writer of numbers: a ledger entry and the tally move in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openletter.lib.db.statements import row_of
from openletter.signatures.models import LedgerEntry, Signature

# Whoever holds the tally's row writes the next line, so this is the last statement of a
# transaction: the letter's one hot row stays locked for it and the commit only.
_UP = """moved AS (
    INSERT INTO signatures_tally AS tally (letter_id, next_index, people, organisations)
    SELECT %(letter)s, 1, %(people)s, %(organisations)s FROM allowed
    ON CONFLICT (letter_id) DO UPDATE SET
        next_index = tally.next_index + 1,
        people = tally.people + %(people)s,
        organisations = tally.organisations + %(organisations)s
    RETURNING next_index - 1 AS index, people + organisations AS count
), """
_DOWN = """moved AS (
    UPDATE signatures_tally SET
        next_index = next_index + 1,
        people = people - %(people)s,
        organisations = organisations - %(organisations)s
    FROM allowed WHERE letter_id = %(letter)s
    RETURNING next_index - 1 AS index, people + organisations AS count
), """
_ENTRY = """entry AS (
    INSERT INTO signatures_ledgerentry (letter_id, index, kind, signature_id, at, count, batch)
    SELECT %(letter)s, index, %(kind)s, %(signature)s, %(at)s, count, %(batch)s FROM moved
    RETURNING index, count
)
"""
_AND_RETURN = "SELECT index, count FROM entry"
_AND_PLACE = """
UPDATE signatures_signature SET ledger_index = entry.index FROM entry
WHERE id = %(signature)s RETURNING entry.index, entry.count
"""
_ALWAYS = "WITH allowed AS (SELECT 1), "
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
_APPEND = {
    kind: _ALWAYS
    + (_UP if kind in {LedgerEntry.Kind.SIGNED, LedgerEntry.Kind.RESTORED} else _DOWN)
    + _ENTRY
    + (_AND_PLACE if kind == LedgerEntry.Kind.SIGNED else _AND_RETURN)
    for kind in LedgerEntry.Kind
}
_PUBLISH = _IF_AS_JUDGED + _UP + _ENTRY + _AND_PUBLISH

Parameters = dict[str, int | str | bytes | list[str] | datetime | UUID | None]


@dataclass(frozen=True)
class Entry:
    """What was written: the line's index, and the letter's number after it."""

    index: int
    count: int


def append(
    signature: Signature,
    kind: LedgerEntry.Kind,
    *,
    at: datetime,
    batch: UUID | None = None,
) -> Entry:
    """Add the next line of a letter's ledger and move its number. Call it last in a transaction."""
    entry = _write(_APPEND[kind], signature, kind, at=at, batch=batch)
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
    judged: Parameters = {
        "revision": signature.revision,
        "flags": signature.flags,
        "policy": str(letter.policy),
        "letter_state": str(letter.state),
        "closes_at": letter.closes_at,
    }
    return _write(_PUBLISH, signature, LedgerEntry.Kind.SIGNED, at=at, judged=judged)


def _write(
    statement: str,
    signature: Signature,
    kind: LedgerEntry.Kind,
    *,
    at: datetime,
    batch: UUID | None = None,
    judged: Parameters | None = None,
) -> Entry | None:
    parameters: Parameters = {
        "letter": signature.letter_id,
        "people": int(not signature.is_organisation),
        "organisations": int(signature.is_organisation),
        "kind": kind.value,
        "signature": signature.pk,
        "email_key": bytes(signature.email_key),
        "confirmed_by": signature.confirmed_by,
        "at": at,
        "batch": batch,
        **(judged or {}),
    }
    written = row_of(statement, parameters)
    return Entry(*written) if written else None
