"""The only writer of numbers: a line of the ledger and the tally move together.

The database does it (`ledger_append` and `ledger_append_all`, made by migrations), so that the
statement that publishes a signature can do it too. Whoever has moved a number keeps its row until
the transaction ends, and everybody who signs that letter waits: so this comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from openletter.ledger.models import LedgerEntry
from openletter.lib.db.statements import only_row_of

# The call, for a statement that gets `parameters`; it returns `index` and `count`.
CALL = (
    "ledger_append(%(letter)s, %(signature)s, %(kind)s, %(people)s, %(organisations)s, %(at)s,"
    " %(batch)s)"
)
_APPEND = f"SELECT index, count FROM {CALL}"  # noqa: S608 - no text of anybody
_APPEND_ALL = (
    "SELECT ledger_append_all(%(letter)s, %(signatures)s::bigint[], %(kind)s, %(people)s,"
    " %(organisations)s, %(at)s, %(batch)s)"
)
UPWARDS = frozenset({LedgerEntry.Kind.SIGNED, LedgerEntry.Kind.RESTORED})


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
    counted: Counted, kind: LedgerEntry.Kind, *, at: datetime, batch: UUID | None = None
) -> Entry:
    """Add the next line of a letter's ledger and move its number. Call it last in a transaction.

    Raises `IntegrityError` when a letter that nobody signed should count down.
    """
    return Entry(*only_row_of(_APPEND, parameters(counted, kind, at=at, batch=batch)))


def append_all(
    letter_id: int,
    signature_ids: Sequence[int],
    kind: LedgerEntry.Kind,
    *,
    people: int,
    at: datetime,
    batch: UUID,
) -> None:
    """Add a line for each of these signatures, of which so many are people's; move the number once.

    None of them is counted for the first time: that takes a place in the list. Call it last in a
    transaction. Raises `IntegrityError` as `append` does.
    """
    sign = 1 if kind in UPWARDS else -1
    values = {
        "letter": letter_id,
        "signatures": list(signature_ids),
        "kind": kind.value,
        "people": sign * people,
        "organisations": sign * (len(signature_ids) - people),
        "at": at,
        "batch": batch,
    }
    only_row_of(_APPEND_ALL, values)


def parameters(
    counted: Counted, kind: LedgerEntry.Kind, *, at: datetime, batch: UUID | None = None
) -> dict[str, Any]:
    """Return what `ledger_append` takes, by name."""
    sign = 1 if kind in UPWARDS else -1
    return {
        "letter": counted.letter_id,
        "signature": counted.signature_id,
        "kind": kind.value,
        "people": sign * counted.people,
        "organisations": sign * counted.organisations,
        "at": at,
        "batch": batch,
    }
