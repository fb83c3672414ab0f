"""Which moderator has something before them that waits for a decision: no two see the same.

A lease, so that whoever closes the window gives it back without doing anything.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from openletter.lib.db.statements import row_of, rows_of, short
from openletter.moderation.models import Review

LASTS = timedelta(minutes=15)
_UNLESS_ANOTHER_HAS_IT = """
ON CONFLICT (kind, key) DO UPDATE
    SET moderator_id = excluded.moderator_id, lease_until = excluded.lease_until
    WHERE had.moderator_id = excluded.moderator_id OR had.lease_until < clock_timestamp()
RETURNING key
"""
_CLAIM = short(f"""
INSERT INTO moderation_review AS had (kind, key, moderator_id, lease_until)
VALUES (%(kind)s, %(key)s, %(moderator)s, clock_timestamp() + %(lasts)s)
{_UNLESS_ANOTHER_HAS_IT}
""")  # noqa: S608 - put together from the constants above
# In the order of the keys, so that two moderators never wait for each other.
_CLAIM_ALL = f"""
INSERT INTO moderation_review AS had (kind, key, moderator_id, lease_until)
SELECT %(kind)s, key, %(moderator)s, clock_timestamp() + %(lasts)s
FROM unnest(%(keys)s::bigint[]) AS key ORDER BY key
{_UNLESS_ANOTHER_HAS_IT}
"""  # noqa: S608 - put together from the constants above


def claim(kind: str, key: int, *, moderator_id: int) -> bool:
    """Take something before oneself for `LASTS`, or say that another moderator has it."""
    values = {"kind": kind, "key": key, "moderator": moderator_id, "lasts": LASTS}
    return row_of(_CLAIM, values) is not None


def claim_all(kind: str, keys: Collection[int], *, moderator_id: int) -> frozenset[int]:
    """Take many before oneself for `LASTS`; return those that no other moderator has."""
    values = {"kind": kind, "keys": sorted(keys), "moderator": moderator_id, "lasts": LASTS}
    return frozenset(found[0] for found in rows_of(_CLAIM_ALL, values))


def renew(kind: str, keys: Collection[int], *, moderator_id: int, now: datetime) -> None:
    """Keep what a moderator still has before them."""
    mine = _of(moderator_id, kind, keys)
    mine.filter(lease_until__gt=now).update(lease_until=now + LASTS)


def is_free(kind: str, *, for_moderator: int, now: datetime) -> Q:
    """Match rows, by their key, that no other moderator has before them."""
    others = Review.objects.filter(kind=kind, key=OuterRef("pk"), lease_until__gte=now)
    return Q(~Exists(others.exclude(moderator=for_moderator)))


def is_kept(kind: str, *, by: int | None = None) -> Exists:
    """Match rows, by their key, that somebody has left for later, or this moderator."""
    kept = Review.objects.filter(kind=kind, key=OuterRef("pk"), kept_at__isnull=False)
    return Exists(kept if by is None else kept.filter(moderator=by))


def keep(kind: str, key: int, *, moderator_id: int, now: datetime) -> None:
    """Leave something for later that one has before oneself, behind all that nobody looked at."""
    _of(moderator_id, kind, [key]).update(kept_at=now, lease_until=now)


def give_back(kind: str, key: int, *, moderator_id: int, now: datetime) -> None:
    """Let others have at once what a moderator passes over."""
    _of(moderator_id, kind, [key]).filter(lease_until__gt=now).update(lease_until=now)


def keep_no_longer(kind: str, key: int, *, moderator_id: int) -> None:
    """Take back that somebody left something for later; nobody else's review is touched."""
    _of(moderator_id, kind, [key]).update(kept_at=None)


def end(kind: str, key: int) -> None:
    """Forget who looked at something: it is decided, or waits anew."""
    Review.objects.filter(kind=kind, key=key).delete()


def _of(moderator_id: int, kind: str, keys: Collection[int]) -> QuerySet[Review]:
    return Review.objects.filter(kind=kind, key__in=keys, moderator=moderator_id)
