"""The names under a letter, a page at a time, every page at the same cost."""

from __future__ import annotations

from dataclasses import dataclass

from openletter.letters import asked_fields
from openletter.signatures.models import Signature

PAGE_SIZE = 100
_SHOWN = ("name", "represented_by", *asked_fields.PUBLIC, "kind", "ledger_index")


@dataclass(frozen=True)
class Page:
    """Some names, and where the next ones begin ("" after the last)."""

    names: list[Signature]
    next_cursor: str


def first_signatories(letter_id: int) -> list[Signature]:
    """Return the first signatories in the organiser's order."""
    return list(
        Signature.objects.named()
        .filter(letter=letter_id, first_position__isnull=False)
        .order_by("first_position", "ledger_index")
        .only(*_SHOWN)
    )


def newest(letter_id: int, *, after: int | None = None, size: int = PAGE_SIZE) -> Page:
    """Return the other names, newest first, from below the ledger index `after` on."""
    named = Signature.objects.named().filter(letter=letter_id, first_position=None)
    if after is not None:
        named = named.filter(ledger_index__lt=after)
    found = list(named.order_by("-ledger_index").only(*_SHOWN)[: size + 1])
    more = len(found) > size
    return Page(found[:size], str(found[size - 1].ledger_index) if more else "")
