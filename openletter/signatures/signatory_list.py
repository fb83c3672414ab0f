"""The names under a letter, a page at a time, every page at the same cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openletter.letters import asked_fields
from openletter.lib.db import rows
from openletter.signatures import countries
from openletter.signatures.beside_name import html_of
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

# What is shown of a signature, by name: of dictionaries templates read fastest.
Shown = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some names, and where the next ones begin ("" after the last)."""

    names: list[Shown]
    next_cursor: str


def first_signatories(letter_id: int) -> list[Shown]:
    """Return the first signatories in the organiser's order."""
    return _read(_FIRST, {"letter": letter_id})


def newest(letter_id: int, *, after: int | None = None, size: int = PAGE_SIZE) -> Page:
    """Return the other names, newest first, from below the ledger index `after` on."""
    below = _NO_INDEX if after is None else after
    found = _read(_OTHERS, {"letter": letter_id, "below": below, "most": size + 1})
    more = len(found) > size
    return Page(found[:size], str(found[size - 1]["ledger_index"]) if more else "")


def _read(which: str, asked: Mapping[str, object]) -> list[Shown]:
    """Return rows with `_SHOWN`, and what a template would take longest to find out of it."""
    found = rows.values(Signature, _SHOWN, which, asked)
    names = countries.names()
    for one in found:
        one["place"] = str(one["ledger_index"])  # in addresses, so never with a separator
        one["is_organisation"] = one["kind"] == Signature.Kind.ORGANISATION
        one["country"] = names.get(one["country"], "")
        one["beside_name"] = html_of(one[name] for name in asked_fields.BESIDE_NAME if one[name])
    return found
