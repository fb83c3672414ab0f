"""What people wrote who objected to a removal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from openletter.claims.models import Appeal
from openletter.lib.personal import Declaration, Expiry, Held, Person, exported, impersonal

# After the decision, or after it was written where the signature went another way.
KEPT = timedelta(days=30)

FIELDS: dict[str, Declaration] = {
    "Appeal": {
        "signature": Held("whose removal it objects to"),
        "text": Held("what was written against the removal"),
        "made_at": Held("when it was written"),
        "outcome": Held("what came of it"),
        "decided_at": Held("when it was decided"),
        "removed_by": Held("who removed the signature"),
        "decided_by": Held("who decided about the objection"),
        **impersonal("id", "letter", "removal", "rule"),
    },
}
_OF_STAFF = {"removed_by", "decided_by"}


def export(person: Person) -> dict[str, Any]:
    """Return what a person wrote; not who decided about it."""
    wanted = {key: held for key, held in FIELDS["Appeal"].items() if key not in _OF_STAFF}
    rows = Appeal.objects.filter(signature__public_id__in=person.public_ids).order_by("pk")
    return {
        "appeals": [
            exported(row, wanted) | {"signature": str(row.signature.public_id)}
            for row in rows.select_related("signature")
        ]
    }


def erase(person: Person) -> None:
    """Delete what a person wrote about their signatures."""
    Appeal.objects.filter(signature__public_id__in=person.public_ids).update(text="")


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Empty up to `limit` appeals that nobody needs any more; how many were right is counted on.

    A month after the decision, or after it was written where there is nothing to decide any more;
    and at once where nothing is left of the signature.
    """
    long_ago = now - KEPT
    is_over = Q(decided_at=None, made_at__lt=long_ago) & ~Q(signature__state="removed")
    old = Q(decided_at__lt=long_ago) | is_over | Q(signature__erased_at__isnull=False)
    rows = Appeal.objects.filter(old).exclude(text="").order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:limit])
    if not dry_run:
        Appeal.objects.filter(pk__in=keys).update(text="")
    return [Expiry("objections that were answered", len(keys))]
