"""Which signature comes next: the one that waits longest, and that no other moderator looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.http import urlencode

from openletter.lib.admin.keys import key_in
from openletter.moderation import reviews
from openletter.moderation.rules import first_signatories, notable_names
from openletter.signatures.decisions import REVIEWED_AS
from openletter.signatures.models import Signature

# More are said to be "more than".
MOST_COUNTED = 10_000
# These are about who it is, which words do not tell: each of them gets a card.
_ASK_FIRST = frozenset({notable_names.REASON, first_signatories.REASON, "claimed"})
_TRIES = 5  # each of them lost to another moderator at the same moment


@dataclass(frozen=True)
class Narrowed:
    """What of the queue somebody wants to see; everything by default."""

    letter: int | None = None
    because: str = ""
    flag: str = ""
    domain: str = ""
    country: str = ""
    language: str = ""
    version: int | None = None
    begin: date | None = None  # signed on this day or later, in the site's time zone
    end: date | None = None  # signed on this day or earlier
    mine: bool = False  # only what one has looked at and left for later
    # The letters that somebody decides about, whatever they want to see; None: all of them.
    among: frozenset[int] | None = None

    @classmethod
    def by(cls, query: Mapping[str, str], *, among: frozenset[int] | None = None) -> Narrowed:
        """Read it from the parameters of an address; what cannot be meant is left out."""
        texts = {
            name: query.get(name, "").replace("\x00", "")[:255]
            for name in ("because", "flag", "domain", "country", "language")
        }
        return cls(
            letter=key_in(query.get("letter", "")),
            version=key_in(query.get("version", "")),
            begin=_day_in(query.get("begin", "")),
            end=_day_in(query.get("end", "")),
            mine="mine" in query,
            among=among,
            **texts,
        )

    @property
    def query(self) -> str:
        """Return the same as parameters of an address, "" or beginning with a question mark."""
        asked = {name: value for name, value in vars(self).items() if name != "among"}
        chosen = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def rows_for(self, moderator_id: int) -> QuerySet[Signature]:
        """Return what is meant by this moderator."""
        kept = reviews.is_kept(REVIEWED_AS, by=moderator_id)
        return self.rows().filter(kept) if self.mine else self.rows()

    def rows(self) -> QuerySet[Signature]:
        """Return all that waits and is meant, whoever looks at it; not what was erased."""
        found = Signature.objects.filter(state=Signature.State.HELD, erased_at=None)
        if self.among is not None:
            found = found.filter(letter__in=self.among)
        exact: dict[str, Any] = {
            "letter": self.letter,
            "held_because": self.because,
            "email_domain": self.domain.lower(),
            "country": self.country,
            "translation__language": self.language,
            "translation__version__number": self.version,
            "created_at__gte": self.begin and _midnight(self.begin),
            "created_at__lt": self.end and _midnight(self.end + timedelta(days=1)),
        }
        found = found.filter(**{name: value for name, value in exact.items() if value})
        return found.filter(flags__contains=[self.flag]) if self.flag else found


@dataclass(frozen=True)
class Waiting:
    """How much waits, at most `MOST_COUNTED` of it, and since when the oldest."""

    number: int
    since: datetime | None

    @property
    def is_more(self) -> bool:
        return self.number >= MOST_COUNTED


def waiting(narrowed: Narrowed, *, moderator_id: int = 0) -> Waiting:
    """Return how much waits; `moderator_id` is who means it, where that makes a difference."""
    rows = narrowed.rows_for(moderator_id)
    number = rows.order_by()[:MOST_COUNTED].count()
    oldest = rows.order_by("created_at", "pk").values_list("created_at", flat=True).first()
    return Waiting(number, oldest)


def take(key: int, *, moderator_id: int, among: frozenset[int] | None = None) -> Signature | None:
    """Take a certain one before a moderator; None if it does not wait, or another has it."""
    return _take_first(_cards(Narrowed(among=among).rows().filter(pk=key)), moderator_id)


def take_next(
    narrowed: Narrowed,
    *,
    moderator_id: int,
    now: datetime,
    but_for: frozenset[int] = frozenset(),
    behind: Signature | None = None,
) -> Signature | None:
    """Take the next one before a moderator; None when nothing is left.

    What nobody has looked at comes first. `but_for` are those that the page has already, `behind`
    is the one that somebody passes over.
    """
    free = reviews.is_free(REVIEWED_AS, for_moderator=moderator_id, now=now)
    kept = reviews.is_kept(REVIEWED_AS)
    rows = narrowed.rows_for(moderator_id).filter(free).exclude(pk__in=but_for)
    if behind is not None:
        later = Q(created_at=behind.created_at, pk__gt=behind.pk)
        rows = rows.filter(Q(created_at__gt=behind.created_at) | later)
    for looked_at in (~kept, kept):
        found = _take_first(_cards(rows.filter(looked_at))[:_TRIES], moderator_id)
        if found is not None:
            return found
    return None


def take_many(
    narrowed: Narrowed, *, moderator_id: int, now: datetime, most: int
) -> list[Signature]:
    """Take the next ones before a moderator that may be judged by their words alone."""
    free = reviews.is_free(REVIEWED_AS, for_moderator=moderator_id, now=now)
    rows = narrowed.rows_for(moderator_id).filter(free)
    if not narrowed.mine:
        rows = rows.exclude(reviews.is_kept(REVIEWED_AS))
    found = list(_cards(told_by_words(rows))[:most])
    mine = reviews.claim_all(REVIEWED_AS, [one.pk for one in found], moderator_id=moderator_id)
    return [one for one in found if one.pk in mine]


def told_by_words(rows: QuerySet[Signature]) -> QuerySet[Signature]:
    """Return those of some signatures that may be published by whoever has read their words."""
    return rows.exclude(held_because__in=_ASK_FIRST).exclude(flags__overlap=sorted(_ASK_FIRST))


def _day_in(text: str) -> date | None:
    """Return a day that is written as 2026-11-30; one of years that nobody means is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _cards(rows: QuerySet[Signature]) -> QuerySet[Signature]:
    """Return them in their order, with what a card shows."""
    shown = rows.select_related("letter", "translation__version").defer("email")
    return shown.order_by("created_at", "pk")


def _take_first(candidates: QuerySet[Signature], moderator_id: int) -> Signature | None:
    for one in candidates:
        if reviews.claim(REVIEWED_AS, one.pk, moderator_id=moderator_id):
            return one
    return None
