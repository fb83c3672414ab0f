"""Which sweep it is that a signature is removed by."""

from __future__ import annotations

from openletter.signatures import removals
from openletter.signatures.models import Signature
from openletter.sweeps.models import Sweep, Swept

_STAYED = (Swept.Outcome.DONE, Swept.Outcome.KEPT)


def by_sweep(signature: Signature) -> Swept | None:
    """Return what removed a signature, if that was a sweep, and nobody by hand since."""
    done = Swept.objects.filter(
        signature=signature, outcome__in=_STAYED, sweep__to=Sweep.To.REMOVED
    )
    last = done.select_related("sweep").order_by("-at", "-pk").first()
    if last is None or last.at is None:
        return None
    by_hand = removals.by_hand(signature)
    return None if by_hand is not None and by_hand.at > last.at else last
