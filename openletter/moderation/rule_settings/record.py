"""What rules are worth: how often moderators agreed with each, by letter and day.

A rule is upheld when a signature to which it objected is removed, and overturned when it is
published. What is undone is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from openletter.moderation.models import RuleVerdict
from openletter.moderation.rules import BY_REASON

SPAN = timedelta(days=30)
HELD, PUBLISHED, REMOVED = "held", "published", "removed"
# By what a decision changes: what is added to upheld and to overturned.
_WORTH: dict[tuple[str, str], tuple[int, int]] = {
    (HELD, PUBLISHED): (0, 1),
    (HELD, REMOVED): (1, 0),
    (PUBLISHED, REMOVED): (1, 0),
    (REMOVED, PUBLISHED): (-1, 1),
    (REMOVED, HELD): (-1, 0),
}
_ADD = """
INSERT INTO moderation_ruleverdict AS had (letter_id, rule, day, upheld, overturned)
SELECT %(letter)s, rule, %(day)s, %(upheld)s, %(overturned)s FROM unnest(%(rules)s::text[]) AS rule
ON CONFLICT (day, rule, letter_id) DO UPDATE
    SET upheld = had.upheld + excluded.upheld, overturned = had.overturned + excluded.overturned
"""


@dataclass(frozen=True)
class Verdicts:
    """On one rule, within `SPAN`."""

    upheld: int = 0
    overturned: int = 0

    @property
    def total(self) -> int:
        return self.upheld + self.overturned


def note(
    reasons: Iterable[str],
    *,
    letter_id: int,
    was: str,
    becomes: str,
    is_undone: bool = False,
    number: int = 1,
    now: datetime,
) -> None:
    """Count what a decision says of the rules among some reasons; in its transaction, near its end.

    `number` is of how many signatures at once.
    """
    upheld, overturned = _worth(was, becomes, is_undone=is_undone)
    rules = sorted(set(reasons) & set(BY_REASON))  # in one order, so that nobody waits in a circle
    if not rules or not (upheld or overturned):
        return
    values: dict[str, Any] = {
        "letter": letter_id,
        "rules": rules,
        "day": timezone.localdate(now),
        "upheld": number * upheld,
        "overturned": number * overturned,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


def _worth(was: str, becomes: str, *, is_undone: bool) -> tuple[int, int]:
    """Return what is added to upheld and to overturned; what is undone takes back what was."""
    if not is_undone:
        return _WORTH.get((was, becomes), (0, 0))
    upheld, overturned = _WORTH.get((becomes, was), (0, 0))
    return -upheld, -overturned


def lately(now: datetime) -> dict[str, Verdicts]:
    """Return what was decided about each rule within `SPAN`, on all letters."""
    since = timezone.localdate(now - SPAN)
    rows = RuleVerdict.objects.filter(day__gt=since).values("rule").order_by("rule")
    sums = rows.annotate(upheld=Sum("upheld"), overturned=Sum("overturned"))
    return {row["rule"]: Verdicts(max(row["upheld"], 0), max(row["overturned"], 0)) for row in sums}
