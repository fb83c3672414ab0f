"""What the first page of the desk says about each letter: what waits, and what came today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.signatures.desk import queue
from openletter.signatures.desk.queue import MOST_COUNTED, Narrowed, Waiting
from openletter.signatures.models import Signature

# However many letters a site has, its first page stays one that people read.
MOST_LETTERS = 20


@dataclass(frozen=True)
class WaitingLetter:
    """A letter under which something waits."""

    letter: int
    title: str
    waiting: Waiting


@dataclass(frozen=True)
class CountedLetter:
    """A letter that is open: how many signed it today, up to `MOST_COUNTED`, and in all."""

    title: str
    today: int
    number: int


def waiting_by_letter(letters: QuerySet[Letter]) -> list[WaitingLetter]:
    """Return those of some letters under which something waits, the longest first."""
    held = Narrowed().rows().filter(letter=OuterRef("pk")).order_by()
    found = [
        WaitingLetter(letter.pk, str(letter), queue.waiting(Narrowed(letter=letter.pk)))
        for letter in letters.filter(Exists(held)).order_by("pk")[:MOST_LETTERS]
    ]
    return sorted(found, key=lambda one: (one.waiting.since is None, one.waiting.since))


def counted_today(letters: QuerySet[Letter], *, now: datetime) -> list[CountedLetter]:
    """Return the newest of some letters that are open and were signed, with their numbers."""
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    open_ones = letters.filter(state=Letter.State.OPEN)
    tallies = Tally.objects.filter(letter__in=open_ones).select_related("letter")
    return [
        CountedLetter(
            str(tally.letter),
            _signed_since(midnight, tally.letter_id),
            tally.people + tally.organisations,
        )
        for tally in tallies.order_by("-letter")[:MOST_LETTERS]
    ]


def _signed_since(begin: datetime, letter_id: int) -> int:
    # That they are confirmed is said for the index.
    rows = Signature.objects.published().filter(confirmed_at__isnull=False, created_at__gte=begin)
    newest = rows.filter(letter=letter_id).order_by("-created_at", "-pk")
    return newest[:MOST_COUNTED].count()
