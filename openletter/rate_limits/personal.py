"""What we hold about who tried something."""

from __future__ import annotations

from datetime import datetime

from openletter.lib.personal import Declaration, Expiry, Held, impersonal
from openletter.rate_limits.models import RateLimit

FIELDS: dict[str, Declaration] = {
    "RateLimit": {
        "key": Held("keyed hash of an address, a network or a page that something was tried for"),
        **impersonal("free_at"),
    },
}


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` rows of which nothing counts any more.

    One that a try moves meanwhile stays: the statement looks at it once more.
    """
    rows = RateLimit.objects.filter(free_at__lt=now)
    keys = rows.values("pk")[:limit]
    number = keys.count() if dry_run else rows.filter(pk__in=keys).delete()[0]
    return [Expiry("limits that nothing counts for any more", number)]
