"""Which objection comes next: appeals before claims, the oldest that nobody else looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openletter.claims import appeals, claiming
from openletter.claims.models import Appeal, Claim
from openletter.moderation import reviews

_TRIES = 5
_SHOWN = ("letter", "signature__translation__version")


@dataclass(frozen=True)
class Waiting:
    """How many wait for this moderator, and how many for somebody else, as they removed it."""

    for_me: int
    for_others: int


def waiting(moderator_id: int) -> Waiting:
    rows = Appeal.objects.waiting()
    mine = rows.filter(removed_by=moderator_id).count()
    return Waiting(rows.count() - mine + Claim.objects.waiting().count(), mine)


def next_appeal(*, moderator_id: int, now: datetime) -> Appeal | None:
    """Take the next appeal before a moderator; never one against themselves."""
    free = reviews.is_free(appeals.REVIEWED_AS, for_moderator=moderator_id, now=now)
    rows = Appeal.objects.waiting().filter(free).exclude(removed_by=moderator_id)
    shown = rows.select_related(*_SHOWN, "removal__actor").defer("signature__email")
    for one in shown.order_by("made_at", "pk")[:_TRIES]:
        if reviews.claim(appeals.REVIEWED_AS, one.pk, moderator_id=moderator_id):
            return one
    return None


def next_claim(*, moderator_id: int, now: datetime) -> Claim | None:
    """Take the next claim before a moderator."""
    free = reviews.is_free(claiming.REVIEWED_AS, for_moderator=moderator_id, now=now)
    shown = Claim.objects.waiting().filter(free).select_related(*_SHOWN)
    for one in shown.defer("email", "signature__email").order_by("confirmed_at", "pk")[:_TRIES]:
        if reviews.claim(claiming.REVIEWED_AS, one.pk, moderator_id=moderator_id):
            return one
    return None
