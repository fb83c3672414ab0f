"""Which objection comes next: appeals before claims, the oldest that nobody else looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from openletter.claims import appeals, claiming
from openletter.claims.models import Appeal, Claim
from openletter.moderation import reviews

M = TypeVar("M", bound=Model)
_TRIES = 5
_SHOWN = ("letter", "signature__translation__version")


@dataclass(frozen=True)
class Waiting:
    """How many wait for this moderator, and how many for somebody else, as they removed it."""

    for_me: int
    for_others: int


@dataclass(frozen=True)
class Desk:
    """A moderator, and the letters about which they decide; None: all."""

    moderator_id: int
    letters: frozenset[int] | None

    def appeals(self) -> QuerySet[Appeal]:
        return self._of_letters(Appeal.objects.waiting())

    def claims(self) -> QuerySet[Claim]:
        return self._of_letters(Claim.objects.waiting())

    def _of_letters(self, rows: QuerySet[M]) -> QuerySet[M]:
        return rows if self.letters is None else rows.filter(letter__in=self.letters)


def waiting(desk: Desk) -> Waiting:
    rows = desk.appeals()
    mine = rows.filter(removed_by=desk.moderator_id).count()
    return Waiting(rows.count() - mine + desk.claims().count(), mine)


def next_appeal(desk: Desk, *, now: datetime) -> Appeal | None:
    """Take the next appeal before a moderator; never one against themselves."""
    free = reviews.is_free(appeals.REVIEWED_AS, for_moderator=desk.moderator_id, now=now)
    rows = desk.appeals().filter(free).exclude(removed_by=desk.moderator_id)
    shown = rows.select_related(*_SHOWN, "removal__actor").defer("signature__email")
    for one in shown.order_by("made_at", "pk")[:_TRIES]:
        if reviews.claim(appeals.REVIEWED_AS, one.pk, moderator_id=desk.moderator_id):
            return one
    return None


def next_claim(desk: Desk, *, now: datetime) -> Claim | None:
    """Take the next claim before a moderator."""
    free = reviews.is_free(claiming.REVIEWED_AS, for_moderator=desk.moderator_id, now=now)
    shown = desk.claims().filter(free).select_related(*_SHOWN)
    for one in shown.defer("email", "signature__email").order_by("confirmed_at", "pk")[:_TRIES]:
        if reviews.claim(claiming.REVIEWED_AS, one.pk, moderator_id=desk.moderator_id):
            return one
    return None
