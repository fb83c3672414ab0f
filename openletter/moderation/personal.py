"""The record of decisions names the member of staff, and the object by its id only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from openletter.lib.personal import Declaration, Expiry, Held, Person, exported, impersonal
from openletter.moderation.models import AuditEntry, Review

# Until then what somebody has looked at comes behind what nobody has.
_REVIEWS_LAST = timedelta(days=30)

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
    "WatchedName": {
        "name": Held("somebody in public life whose name staff watch"),
        "spelling": Held("the same, as names are compared"),
        "whom_to_ask": Held("whom staff ask whether it is them"),
        **impersonal("id", "letter", "created_at"),
    },
    "RuleSetting": impersonal("id", "rule", "letter", "mode", "amount", "words", "created_at"),
    "RuleVerdict": impersonal("id", "letter", "rule", "day", "upheld", "overturned"),
    "Review": {
        "moderator": Held("who has it before them"),
        **impersonal("id", "kind", "key", "lease_until", "kept_at"),
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


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` rows of who looked at what, a month later."""
    rows = Review.objects.filter(lease_until__lt=now - _REVIEWS_LAST)
    keys = rows.values("pk")[:limit]
    number = keys.count() if dry_run else rows.filter(pk__in=keys).delete()[0]
    return [Expiry("who looked at a signature that waited", number)]
