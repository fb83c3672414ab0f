"""Which objection comes next: the oldest that is not before another moderator, nor against one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from openletter.claims.appeals import REVIEWED_AS
from openletter.claims.models import Appeal
from openletter.moderation import reviews

_TRIES = 5


@dataclass(frozen=True)
class Waiting:
    """How many wait for this moderator, and how many for somebody else, as they removed it."""

    for_me: int
    for_others: int


def waiting(moderator_id: int) -> Waiting:
    rows = Appeal.objects.waiting()
    mine = rows.filter(removed_by=moderator_id).count()
    return Waiting(rows.count() - mine, mine)


def take_next(*, moderator_id: int, now: datetime) -> Appeal | None:
    """Take the next appeal before a moderator; None when nothing is left for them."""
    free = reviews.is_free(REVIEWED_AS, for_moderator=moderator_id, now=now)
    rows = Appeal.objects.waiting().filter(free).exclude(Q(removed_by=moderator_id))
    shown = rows.select_related("letter", "signature__translation__version", "removal__actor")
    for one in shown.defer("signature__email").order_by("made_at", "pk")[:_TRIES]:
        if reviews.claim(REVIEWED_AS, one.pk, moderator_id=moderator_id):
            return one
    return None
