"""The only writer of numbers: a line of the ledger and the tally move in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openletter.ledger.models import LedgerEntry
from openletter.lib.db.statements import row_of

# Whoever holds the tally's row writes the next line, so this is the last statement of a
# transaction: the letter's one hot row stays locked for it and the commit only.
_UP = """moved AS (
    INSERT INTO ledger_tally AS tally (letter_id, next_index, people, organisations)
    SELECT %(letter)s, 1, %(people)s, %(organisations)s FROM allowed
    ON CONFLICT (letter_id) DO UPDATE SET
        next_index = tally.next_index + 1,
        people = tally.people + %(people)s,
        organisations = tally.organisations + %(organisations)s
    RETURNING next_index - 1 AS index, people + organisations AS count
), """
_DOWN = """moved AS (
    UPDATE ledger_tally SET
        next_index = next_index + 1,
        people = people - %(people)s,
        organisations = organisations - %(organisations)s
    FROM allowed WHERE letter_id = %(letter)s
    RETURNING next_index - 1 AS index, people + organisations AS count
), """
_ENTRY = """entry AS (
    INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count, batch)
    SELECT %(letter)s, index, %(kind)s, %(signature)s, %(at)s, count, %(batch)s FROM moved
    RETURNING index, count
)
"""
ALWAYS = "WITH allowed AS (SELECT 1), "
RETURN = "SELECT index, count FROM entry"
UPWARDS = frozenset({LedgerEntry.Kind.SIGNED, LedgerEntry.Kind.RESTORED})

Parameters = Mapping[str, int | str | bytes | list[str] | datetime | UUID | None]


@dataclass(frozen=True)
class Counted:
    """What is counted: a signature by its id, under which letter, as how many of each kind."""

    signature_id: int
    letter_id: int
    people: int
    organisations: int


@dataclass(frozen=True)
class Entry:
    """What was written: the line's index, and the letter's number after it."""

    index: int
    count: int


def append(
    counted: Counted,
    kind: LedgerEntry.Kind,
    *,
    at: datetime,
    batch: UUID | None = None,
    only_if: str = ALWAYS,
    then: str = RETURN,
    more: Parameters | None = None,
) -> Entry | None:
    """Add the next line of a letter's ledger and move its number, in one statement with its guard.

    `only_if` is SQL that begins the statement and ends in a table `allowed`, which has a row if the
    number may move; `then` is SQL that ends it, knows the new line as `entry`, and returns its
    index and count. `more` holds what they need. None when nothing was allowed, or when a letter
    that nobody signed should count down. Call it last in a transaction.
    """
    move = _UP if kind in UPWARDS else _DOWN
    parameters = {
        "letter": counted.letter_id,
        "people": counted.people,
        "organisations": counted.organisations,
        "kind": kind.value,
        "signature": counted.signature_id,
        "at": at,
        "batch": batch,
        **(more or {}),
    }
    written = row_of(only_if + move + _ENTRY + then, parameters)
    return Entry(*written) if written else None
