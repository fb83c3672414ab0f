"""How many removals were overturned, by letter, rule and sweep; never by moderator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from openletter.claims.models import Appeal, LetterClaims
from openletter.letters.models import Letter
from openletter.signatures import held_reasons
from openletter.sweeps.models import Sweep

_RESTORED = Count("pk", filter=Q(outcome=Appeal.Outcome.RESTORED))
_ANSWERS = (Appeal.Outcome.RESTORED, Appeal.Outcome.UPHELD)
_DECIDED = Count("pk", filter=Q(outcome__in=_ANSWERS))


@dataclass(frozen=True)
class OfLetter:
    letter: Letter
    hides_claimed: bool
    decided: int
    restored: int


@dataclass(frozen=True)
class OfRule:
    rule: str
    decided: int
    restored: int


@dataclass(frozen=True)
class OfSweep:
    """How many signers objected to a sweep, and what came of it."""

    made: int
    decided: int
    restored: int


def by_sweep(sweep: Sweep) -> OfSweep:
    """Return what came of the objections to a sweep, in one statement."""
    rows = Appeal.objects.filter(sweep=sweep)
    return OfSweep(**rows.aggregate(made=Count("pk"), decided=_DECIDED, restored=_RESTORED))


def by_letter(letters: QuerySet[Letter]) -> list[OfLetter]:
    """Return each of some letters with its choice, in three statements."""
    counted = _counted("letter", letters)
    hiding = set(LetterClaims.objects.filter(hides_claimed=True).values_list("pk", flat=True))
    return [
        OfLetter(letter, letter.pk in hiding, *counted.get(letter.pk, (0, 0)))
        for letter in letters.order_by("title", "pk")
    ]


def by_rule(letters: QuerySet[Letter]) -> list[OfRule]:
    """Return what the rules say of removals on some letters that signers objected to."""
    counted = _counted("rule", letters)
    return [OfRule(held_reasons.in_words(rule), *numbers) for rule, numbers in counted.items()]


def _counted(column: str, letters: QuerySet[Letter]) -> dict[Any, tuple[int, int]]:
    rows = Appeal.objects.filter(letter__in=letters.order_by().values("pk")).order_by(column)
    found = rows.values_list(column).annotate(decided=_DECIDED, restored=_RESTORED)
    return {key: (decided, restored) for key, decided, restored in found if decided}
