"""Which objection comes next: appeals before claims, the oldest that nobody else looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from openletter.claims import appeals, claiming, removals
from openletter.claims.models import Appeal, Claim
from openletter.moderation import reviews

M = TypeVar("M", bound=Model)
_TRIES = 5
_SHOWN = ("letter", "signature__translation__version")
_REMOVED = ("removal__actor", "sweep__version", "sweep__begun_by", "sweep__agreed_by")


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

    @property
    def by_oneself(self) -> Q:
        """Match appeals against what the moderator removed, or agreed to."""
        is_known = Q(removed_by__isnull=False, removed_by=self.moderator_id)
        return is_known | Q(agreed_by__isnull=False, agreed_by=self.moderator_id)

    def _of_letters(self, rows: QuerySet[M]) -> QuerySet[M]:
        return rows if self.letters is None else rows.filter(letter__in=self.letters)


def waiting(desk: Desk) -> Waiting:
    rows = desk.appeals()
    mine = rows.filter(desk.by_oneself).count()
    return Waiting(rows.count() - mine + desk.claims().count(), mine)


def next_appeal(desk: Desk, *, now: datetime) -> Appeal | None:
    """Take the next appeal before a moderator; never one against themselves."""
    free = reviews.is_free(appeals.REVIEWED_AS, for_moderator=desk.moderator_id, now=now)
    rows = desk.appeals().filter(free, ~desk.by_oneself)
    shown = rows.select_related(*_SHOWN, *_REMOVED).defer("signature__email")
    for one in shown.order_by("made_at", "pk")[:_TRIES]:
        if removals.against(one) is None:
            appeals.close(one.pk, now=now)
        elif reviews.claim(appeals.REVIEWED_AS, one.pk, moderator_id=desk.moderator_id):
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
