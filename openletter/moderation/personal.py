"""The record of decisions names the member of staff, and the object by its id only."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "AuditEntry": {
        "actor": Held("who decided"),
        "at": Held("when it was decided"),
        "reason": Held("why, in the words of whoever decided"),
        **impersonal("id", "action", "object_kind", "object_id", "before", "after"),
    },
    "Listing": {
        "value": Held("network, domain or keyed hash of an address that staff trust or watch"),
        **impersonal("id", "kind", "verdict", "reason", "created_at"),
    },
}
