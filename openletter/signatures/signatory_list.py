"""The names under a letter, a page at a time, every page at the same cost."""

from __future__ import annotations

from dataclasses import dataclass

from openletter.letters import asked_fields
from openletter.lib.db import rows
from openletter.signatures.models import Signature

PAGE_SIZE = 100
_SHOWN = ("id", "name", "represented_by", *asked_fields.PUBLIC, "kind", "ledger_index")

# Whose name may be shown to anybody: `SignatureQuerySet.named`, a test compares. With these very
# conditions, because the two indexes have them.
_NAMED = "WHERE letter_id = %(letter)s AND state = 'published' AND show_name"
_FIRST = f"{_NAMED} AND first_position IS NOT NULL ORDER BY first_position, ledger_index"
_OTHERS = (
    f"{_NAMED} AND first_position IS NULL AND ledger_index < %(below)s"
    " ORDER BY ledger_index DESC LIMIT %(most)s"
)
_NO_INDEX = 2**31 - 1  # the largest that the column can hold


@dataclass(frozen=True)
class Page:
    """Some names, and where the next ones begin ("" after the last)."""

    names: list[Signature]
    next_cursor: str


def first_signatories(letter_id: int) -> list[Signature]:
    """Return the first signatories in the organiser's order."""
    return rows.select(Signature, _SHOWN, _FIRST, {"letter": letter_id})


def newest(letter_id: int, *, after: int | None = None, size: int = PAGE_SIZE) -> Page:
    """Return the other names, newest first, from below the ledger index `after` on."""
    below = _NO_INDEX if after is None else after
    asked = {"letter": letter_id, "below": below, "most": size + 1}
    found = rows.select(Signature, _SHOWN, _OTHERS, asked)
    more = len(found) > size
    return Page(found[:size], str(found[size - 1].ledger_index) if more else "")
