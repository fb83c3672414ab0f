"""A step of a sweep is one short transaction, in which nobody else takes a step of it."""

from __future__ import annotations

from openletter.sweeps.models import Sweep


def mine(sweep_id: int, state: Sweep.State) -> Sweep | None:
    """Hold a sweep until the transaction ends; None when another worker does, or it moved on."""
    sweeps = Sweep.objects.select_for_update(skip_locked=True, of=("self",))
    return sweeps.filter(pk=sweep_id, state=state).first()
