"""Count every letter again, in slices, by ways that know nothing of each other.

The tally, the signatures and the lines of the ledger are compared as they were when the recount of
a letter began. Nobody holds a snapshot so long: the versions of a row that one keeps from being
cleared away would slow down everybody who signs. Instead each slice is taken back to that moment by
the lines that the ledger got since: a signature and its line are one transaction, so what one
statement sees of both belongs together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from openletter.ledger.models import Recount
from openletter.letters.models import Letter
from openletter.lib.db import clock
from openletter.lib.db.statements import Row

# Rows that a statement reads, in about five milliseconds.
SLICE = 2_000

_BEGIN = """
SELECT COALESCE(tally.next_index, 0), COALESCE(tally.people, 0), COALESCE(tally.organisations, 0),
       COALESCE(last.index, -1), COALESCE(last.count, 0)
FROM letters_letter AS letter
LEFT JOIN ledger_tally AS tally ON tally.letter_id = letter.id
LEFT JOIN LATERAL (
    SELECT index, count FROM ledger_ledgerentry AS entry WHERE entry.letter_id = letter.id
    ORDER BY entry.index DESC LIMIT 1
) AS last ON true
WHERE letter.id = %(letter)s
"""
# A signature whose first line came since does not count. Any other counts if it is published, but
# for what withdrew, removed or restored it since; so does what was published by hand, without a
# line, and that is found.
_SIGNATURES = """
WITH slice AS MATERIALIZED (
    SELECT id, created_at, state, kind, ledger_index FROM signatures_signature
    WHERE letter_id = %(letter)s AND confirmed_at IS NOT NULL
        AND (created_at, id) > (%(signed_at)s::timestamptz, %(signature)s)
    ORDER BY created_at, id LIMIT %(most)s
), since AS MATERIALIZED (
    SELECT signature_id, SUM(CASE kind WHEN 'restored' THEN 1 ELSE -1 END)::int AS moved
    FROM ledger_ledgerentry
    WHERE letter_id = %(letter)s AND index >= %(next_index)s AND kind <> 'signed'
    GROUP BY signature_id
), counted AS (
    SELECT slice.kind, CASE
        WHEN slice.ledger_index >= %(next_index)s AND slice.id = (
            SELECT entry.signature_id FROM ledger_ledgerentry AS entry
            WHERE entry.letter_id = %(letter)s AND entry.index = slice.ledger_index
        ) THEN 0
        ELSE (slice.state = 'published')::int - COALESCE(since.moved, 0)
    END AS number
    FROM slice LEFT JOIN since ON since.signature_id = slice.id
)
SELECT (SELECT COUNT(*) FROM slice), last.created_at, last.id,
       (SELECT COALESCE(SUM(number), 0) FROM counted),
       (SELECT COALESCE(SUM(number), 0) FROM counted WHERE kind = 'person')
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    SELECT created_at, id FROM slice ORDER BY created_at DESC, id DESC LIMIT 1
) AS last ON true
"""
_ENTRIES = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN kind IN ('signed', 'restored') THEN 1 ELSE -1 END), 0)
FROM ledger_ledgerentry
WHERE letter_id = %(letter)s AND index >= %(first)s AND index < %(below)s
"""


def recount() -> list[Recount]:
    """Count every letter from its signatures and from its ledger, at once; store nothing."""
    return [_at_once(letter) for letter in Letter.objects.order_by("pk")]


def _at_once(letter: Letter) -> Recount:
    one = begin(letter, now=clock.now())
    while one.ended_at is None:
        go_on(one, now=clock.now())
    return one


def begin(letter: Letter, *, now: datetime) -> Recount:
    """Begin to count a letter again; nothing is stored."""
    next_index, people, organisations, last_index, last_count = _row(_BEGIN, {"letter": letter.pk})
    return Recount(
        letter=letter,
        began_at=now,
        next_index=next_index,
        people=people,
        organisations=organisations,
        last_index=last_index,
        last_count=last_count,
    )


def go_on(one: Recount, *, now: datetime) -> None:
    """Count one slice more; nothing is stored."""
    if not one.is_counted:
        _count_signatures(one)
    elif one.below_index < one.next_index:
        _count_entries(one)
    else:
        one.ended_at = now


def _count_signatures(one: Recount) -> None:
    number, signed_at, signature_id, counted, people = _row(
        _SIGNATURES,
        {
            "letter": one.letter_id,
            "next_index": one.next_index,
            "signed_at": one.signed_at or "-infinity",
            "signature": one.signature_id,
            "most": SLICE,
        },
    )
    one.counted += counted
    one.counted_people += people
    one.is_counted = number < SLICE
    # Whose signature was the last is nobody's business any more when all are counted.
    one.signed_at, one.signature_id = (None, 0) if one.is_counted else (signed_at, signature_id)


def _count_entries(one: Recount) -> None:
    first, below = one.below_index, min(one.below_index + SLICE, one.next_index)
    entries, moved = _row(_ENTRIES, {"letter": one.letter_id, "first": first, "below": below})
    one.entries += entries
    one.moved += moved
    one.below_index = below


def _row(statement: str, parameters: dict[str, Any]) -> Row:
    """Run a statement that is planned anew each time, for the values that it has."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: Row = cursor.fetchone()
    return found
