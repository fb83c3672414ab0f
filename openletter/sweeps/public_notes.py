"""What anybody may read about a sweep, beside how many signatures it moved."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from openletter.sweeps.models import Sweep


def of_batches(batches: Collection[UUID]) -> dict[UUID, str]:
    """Return the public notes of sweeps, by the batch of their lines in the ledger."""
    if not batches:
        return {}
    noted = Sweep.objects.filter(public_id__in=batches).exclude(public_note="")
    return dict(noted.values_list("public_id", "public_note"))
