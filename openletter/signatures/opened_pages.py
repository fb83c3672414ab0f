"""How many opened the page of their link, and on how many its button was pressed.

Everybody opens that page at once when a crowd signs, and it writes nothing into the database: the
id of the attempt is left in the cache, whence a task takes it two minutes later. By then most have
pressed, and only of the others something is written down: that their page was opened, so that it is
counted once and they can be reminded. It is forgotten when they confirm. What was in a cache that
is away, or restarts, is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.cache import caches
from django.db import transaction

from openletter.lib.failsafe_cache import FailsafeRedisCache
from openletter.lib.people.addresses import is_big_provider
from openletter.signatures.models import Signature

TAKEN_AFTER = timedelta(minutes=2)
SLICE = 1_000
_OPENED, _PRESSED = "signatures.opened", "signatures.pressed"
# In the cache: minutes of a crowd, or some twenty megabytes. Only while no worker takes them.
_MOST = 200_000


@dataclass(frozen=True)
class Act:
    """Somebody opened a page, or pressed its button; who is not said."""

    letter_id: int
    at: datetime
    domain: str  # of a large mail provider, else ""
    is_press: bool


def opened(attempt: Signature, *, now: datetime) -> None:
    """Note that the page of an attempt was opened; only the first time counts."""
    if not attempt.page_opened:
        _note(_OPENED, attempt, now)


def pressed(attempt: Signature, *, now: datetime) -> None:
    """Note that the button was pressed, by which an attempt is confirmed."""
    _note(_PRESSED, attempt, now)


def _note(what: str, attempt: Signature, now: datetime) -> None:
    _cache().collect(what, str(attempt.public_id), at=now.timestamp(), most=_MOST)


@transaction.atomic
def take(*, now: datetime) -> tuple[list[Act], bool]:
    """Take a slice of what was noted; return it, and whether there may be more.

    An attempt that is not confirmed by now is marked as opened.
    """
    until = (now - TAKEN_AFTER).timestamp()
    openings, presses = _taken(_OPENED, until), _taken(_PRESSED, until)
    found = {row.public_id: row for row in _rows(openings.keys() | presses.keys())}
    opened_first = [key for key in openings if key in found and not found[key].page_opened]
    _mark([found[key].pk for key in opened_first if _waits(found[key])])
    acts = [
        *(_act(found[key], openings[key], is_press=False) for key in opened_first),
        *(_act(found[key], at, is_press=True) for key, at in presses.items() if key in found),
    ]
    return acts, SLICE in {len(openings), len(presses)}


def _cache() -> FailsafeRedisCache:
    cache = caches["default"]
    assert isinstance(cache, FailsafeRedisCache)  # noqa: S101 - by our settings
    return cache


def _taken(what: str, until: float) -> dict[UUID, float]:
    return {UUID(word): at for word, at in _cache().take(what, until=until, most=SLICE)}


def _rows(keys: Iterable[UUID]) -> Iterable[Signature]:
    fields = ("public_id", "letter_id", "email_domain", "state", "page_opened")
    return Signature.objects.filter(public_id__in=list(keys)).only(*fields)


def _waits(row: Signature) -> bool:
    return row.state == Signature.State.PENDING


def _mark(keys: list[int]) -> None:
    """Mark those that still wait. What somebody has in hand is mostly being confirmed: left alone.

    They are found by their keys alone, as in reminders.py.
    """
    rows = Signature.objects.filter(pk__in=keys).only("state")
    waiting = [
        row.pk for row in rows.select_for_update(skip_locked=True, no_key=True) if _waits(row)
    ]
    Signature.objects.filter(pk__in=waiting).update(page_opened=True)


def _act(row: Signature, at: float, *, is_press: bool) -> Act:
    domain = row.email_domain if is_big_provider(row.email_domain) else ""
    return Act(row.letter_id, datetime.fromtimestamp(at, UTC), domain, is_press)
