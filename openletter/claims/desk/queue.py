"""Which objection comes next: appeals before claims, the oldest that nobody else looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from openletter.claims import appeals, claiming, removals
from openletter.claims.models import Appeal, Claim
from openletter.lib.admin.keys import key_in
from openletter.moderation import reviews

APPEAL, CLAIM = appeals.REVIEWED_AS, claiming.REVIEWED_AS
M = TypeVar("M", bound=Model)
_TRIES = 5
_SHOWN = ("letter", "signature__translation__version")
_REMOVED = ("removal__actor", "sweep__version", "sweep__begun_by", "sweep__agreed_by")


class Card(NamedTuple):
    """An objection, as addresses and sessions name it."""

    kind: str
    key: int

    @classmethod
    def named(cls, text: str) -> Card | None:
        """Read it from a part of an address, such as appeal-12."""
        kind, _hyphen, number = text.partition("-")
        key = key_in(number)
        return cls(kind, key) if kind in {APPEAL, CLAIM} and key is not None else None

    @classmethod
    def of(cls, objection: Appeal | Claim) -> Card:
        return cls(APPEAL if isinstance(objection, Appeal) else CLAIM, objection.pk)

    def __str__(self) -> str:
        return f"{self.kind}-{self.key}"


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
        return _of_letters(Appeal.objects.waiting(), self.letters)

    def claims(self) -> QuerySet[Claim]:
        return _of_letters(Claim.objects.waiting(), self.letters)

    @property
    def by_oneself(self) -> Q:
        """Match appeals against what the moderator removed, or agreed to."""
        is_known = Q(removed_by__isnull=False, removed_by=self.moderator_id)
        return is_known | Q(agreed_by__isnull=False, agreed_by=self.moderator_id)


def _of_letters(rows: QuerySet[M], letters: frozenset[int] | None) -> QuerySet[M]:
    return rows if letters is None else rows.filter(letter__in=letters)


def waiting(desk: Desk) -> Waiting:
    rows = desk.appeals()
    mine = rows.filter(desk.by_oneself).count()
    return Waiting(rows.count() - mine + desk.claims().count(), mine)


def take_next(desk: Desk, *, now: datetime, behind: Card | None = None) -> Appeal | Claim | None:
    """Take the next objection before a moderator; None when nothing is left for them.

    `behind` is the one that they pass over: it is left to others, and comes again after all that
    wait behind it.
    """
    if behind is None:
        return _next_appeal(desk, now) or _next_claim(desk, now)
    reviews.give_back(behind.kind, behind.key, moderator_id=desk.moderator_id, now=now)
    if behind.kind == APPEAL:
        later = _next_appeal(desk, now, behind.key) or _next_claim(desk, now)
    else:
        later = _next_claim(desk, now, behind.key)
    return later or take_next(desk, now=now)


def take(desk: Desk, card: Card, *, now: datetime) -> Appeal | Claim | None:
    """Take a certain one before a moderator; None if it does not wait, or another has it."""
    if card.kind == APPEAL:
        return _first_appeal(desk, _appeals(desk, now).filter(pk=card.key), now)
    return _first_claim(desk, _claims(desk, now).filter(pk=card.key))


def _next_appeal(desk: Desk, now: datetime, behind: int = 0) -> Appeal | None:
    """Never one against themselves."""
    rows = _appeals(desk, now)
    passed = Appeal.objects.filter(pk=behind).first() if behind else None
    if passed is not None:
        same = Q(made_at=passed.made_at, pk__gt=passed.pk)
        rows = rows.filter(Q(made_at__gt=passed.made_at) | same)
    return _first_appeal(desk, rows.order_by("made_at", "pk")[:_TRIES], now)


def _next_claim(desk: Desk, now: datetime, behind: int = 0) -> Claim | None:
    rows = _claims(desk, now)
    passed = Claim.objects.filter(pk=behind).defer("email").first() if behind else None
    if passed is not None and passed.confirmed_at is not None:
        same = Q(confirmed_at=passed.confirmed_at, pk__gt=passed.pk)
        rows = rows.filter(Q(confirmed_at__gt=passed.confirmed_at) | same)
    return _first_claim(desk, rows.order_by("confirmed_at", "pk")[:_TRIES])


def _appeals(desk: Desk, now: datetime) -> QuerySet[Appeal]:
    """Return those that the moderator may decide, and nobody else looks at, with all for a card."""
    free = reviews.is_free(appeals.REVIEWED_AS, for_moderator=desk.moderator_id, now=now)
    rows = desk.appeals().filter(free, ~desk.by_oneself)
    return rows.select_related(*_SHOWN, *_REMOVED).defer("signature__email")


def _claims(desk: Desk, now: datetime) -> QuerySet[Claim]:
    free = reviews.is_free(claiming.REVIEWED_AS, for_moderator=desk.moderator_id, now=now)
    return desk.claims().filter(free).select_related(*_SHOWN).defer("email", "signature__email")


def _first_appeal(desk: Desk, rows: QuerySet[Appeal], now: datetime) -> Appeal | None:
    for one in rows:
        if removals.against(one) is None:
            appeals.close(one.pk, now=now)
        elif reviews.claim(appeals.REVIEWED_AS, one.pk, moderator_id=desk.moderator_id):
            return one
    return None


def _first_claim(desk: Desk, rows: QuerySet[Claim]) -> Claim | None:
    for one in rows:
        if reviews.claim(claiming.REVIEWED_AS, one.pk, moderator_id=desk.moderator_id):
            return one
    return None
