"""The only writer of numbers: a ledger entry and the tally move in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from openletter.signatures.models import LedgerEntry, Signature

# Whoever holds the tally's row writes the next line, so this is the last statement of a
# transaction: the letter's one hot row stays locked for it and the commit only.
_UP = """
WITH moved AS (
    INSERT INTO signatures_tally AS tally (letter_id, next_index, people, organisations)
    VALUES (%(letter)s, 1, %(people)s, %(organisations)s)
    ON CONFLICT (letter_id) DO UPDATE SET
        next_index = tally.next_index + 1,
        people = tally.people + %(people)s,
        organisations = tally.organisations + %(organisations)s
    RETURNING next_index - 1 AS index, people + organisations AS count
), """
_DOWN = """
WITH moved AS (
    UPDATE signatures_tally SET
        next_index = next_index + 1,
        people = people - %(people)s,
        organisations = organisations - %(organisations)s
    WHERE letter_id = %(letter)s
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
    parameters: dict[str, int | str | datetime | UUID | None] = {
        "letter": signature.letter_id,
        "people": int(not signature.is_organisation),
        "organisations": int(signature.is_organisation),
        "kind": kind.value,
        "signature": signature.pk,
        "at": at,
        "batch": batch,
    }
    head = _UP if kind in {LedgerEntry.Kind.SIGNED, LedgerEntry.Kind.RESTORED} else _DOWN
    tail = _AND_PLACE if kind == LedgerEntry.Kind.SIGNED else _AND_RETURN
    with connection.cursor() as cursor:
        cursor.execute(head + _ENTRY + tail, parameters)
        index, count = cursor.fetchone()
    return Entry(index, count)
