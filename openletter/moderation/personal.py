"""The record of decisions names the member of staff, and the object by its id only."""

from __future__ import annotations

from typing import Any

from openletter.lib.personal import Declaration, Held, Person, exported, impersonal
from openletter.moderation.models import AuditEntry

FIELDS: dict[str, Declaration] = {
    "AuditEntry": {
        "actor": Held("who decided"),
        "at": Held("when it was decided"),
        "reason": Held("why, in the words of whoever decided"),
        **impersonal("id", "action", "object_kind", "object_id", "before", "after"),
    },
    "ListedSource": {
        "value": Held("network, domain or keyed hash of an address that staff trust or watch"),
        **impersonal("id", "kind", "verdict", "reason", "created_at"),
    },
}


def export(person: Person) -> dict[str, Any]:
    """Return what was decided about a person's signatures, when and why; not by whom."""
    entries = AuditEntry.objects.filter(object_kind="signature", object_id__in=person.public_ids)
    wanted = {key: held for key, held in FIELDS["AuditEntry"].items() if key != "actor"}
    return {
        "decisions": [
            exported(entry, wanted)
            | {
                "action": entry.action,
                "signature": entry.object_id,
                "by": "staff" if entry.actor_id else "the signatory, or the site itself",
            }
            for entry in entries.order_by("at", "pk")
        ]
    }
