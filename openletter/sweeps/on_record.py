"""What sweeps did with one signature, for its history: the record has one entry for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from openletter.moderation.models import AuditEntry
from openletter.sweeps.models import Sweep, Swept

_BY_A_SWEEP = {
    Sweep.To.REMOVED.value: "removed by sweep",
    Sweep.To.HELD.value: "held by sweep",
}


def entries_about(public_id: object) -> Iterator[AuditEntry]:
    """Return what happened to a signature as entries that are not stored, and lead to the sweep."""
    rows = Swept.objects.filter(signature__public_id=str(public_id), at__isnull=False)
    shown = rows.exclude(outcome=Swept.Outcome.LEFT).order_by("at")
    for one in shown.select_related("sweep__begun_by", "sweep__undone_by"):
        assert one.at is not None  # noqa: S101 - as asked for
        sweep, became = one.sweep, {"state": one.sweep.to}
        about = {"object_kind": "sweep", "object_id": str(sweep.public_id)}
        yield AuditEntry(
            at=one.at,
            actor=sweep.begun_by,
            action=_BY_A_SWEEP[sweep.to],
            reason=sweep.reason,
            before={"state": one.state},
            after=became,
            **about,
        )
        if one.outcome == Swept.Outcome.UNDONE and one.undone_at is not None:
            yield AuditEntry(
                at=one.undone_at,
                actor=sweep.undone_by,
                action="brought back by sweep",
                before=became,
                after={"state": one.state},
                **about,
            )
