"""Which objection comes next: appeals before claims, the oldest that nobody else looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.accounts.models import User
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


def waiting(moderator: User | AnonymousUser) -> Waiting:
    rows = appeals_of(moderator)
    mine = rows.filter(removed_by=moderator.pk).count()
    return Waiting(rows.count() - mine + claims_of(moderator).count(), mine)


def appeals_of(moderator: User | AnonymousUser) -> QuerySet[Appeal]:
    """Return the appeals that wait, on letters about which somebody decides."""
    return access.visible(moderator, Action.ANSWER_CLAIMS, Appeal.objects.waiting())


def claims_of(moderator: User | AnonymousUser) -> QuerySet[Claim]:
    """Return the claims that wait, on letters about which somebody decides."""
    return access.visible(moderator, Action.ANSWER_CLAIMS, Claim.objects.waiting())


def next_appeal(moderator: User, *, now: datetime) -> Appeal | None:
    """Take the next appeal before a moderator; never one against themselves."""
    free = reviews.is_free(appeals.REVIEWED_AS, for_moderator=moderator.pk, now=now)
    rows = appeals_of(moderator).filter(free).exclude(removed_by=moderator.pk)
    shown = rows.select_related(*_SHOWN, "removal__actor").defer("signature__email")
    for one in shown.order_by("made_at", "pk")[:_TRIES]:
        if reviews.claim(appeals.REVIEWED_AS, one.pk, moderator_id=moderator.pk):
            return one
    return None


def next_claim(moderator: User, *, now: datetime) -> Claim | None:
    """Take the next claim before a moderator."""
    free = reviews.is_free(claiming.REVIEWED_AS, for_moderator=moderator.pk, now=now)
    shown = claims_of(moderator).filter(free).select_related(*_SHOWN)
    for one in shown.defer("email", "signature__email").order_by("confirmed_at", "pk")[:_TRIES]:
        if reviews.claim(claiming.REVIEWED_AS, one.pk, moderator_id=moderator.pk):
            return one
    return None
