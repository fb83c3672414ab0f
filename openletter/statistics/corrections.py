"""Corrections of a letter's number that are large enough to be told: ten signatures or more.

What a moderator did by hand belongs together by the hour, what was done in one go by its batch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Sum

from openletter.ledger.models import LedgerEntry
from openletter.statistics.models import Movement

SMALLEST = 10


@dataclass(frozen=True)
class Correction:
    """So many signatures were removed, or restored, from this hour on."""

    at: datetime
    kind: str
    signatures: int
    batch: UUID | None


def corrections(letter_id: int) -> list[Correction]:
    """Return the corrections of a letter, the newest first."""
    kinds = (LedgerEntry.Kind.REMOVED, LedgerEntry.Kind.RESTORED)
    moved = Movement.objects.filter(letter=letter_id, kind__in=kinds)
    by_hand = moved.filter(batch=None, lines__gte=SMALLEST).values_list("hour", "kind", "lines")
    in_batches = (
        moved.exclude(batch=None)
        .values_list("batch", "kind")
        .annotate(at=Min("hour"), number=Sum("lines"))
        .filter(number__gte=SMALLEST)
    )
    found = [
        *(Correction(hour, kind, lines, None) for hour, kind, lines in by_hand),
        *(Correction(at, kind, number, batch) for batch, kind, at, number in in_batches),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def batches_of(found: Iterable[Correction]) -> set[UUID]:
    return {one.batch for one in found if one.batch is not None}
