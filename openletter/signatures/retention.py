"""What is deleted by itself, and when. Each rule leaves its exceptions out in the query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from openletter.letters.models import Letter
from openletter.lib.personal import Expiry
from openletter.mail.outbox import suppression
from openletter.signatures.models import (
    COUNTED,
    UNCONFIRMED,
    CodeAttempt,
    FormSubmission,
    Signature,
)
from openletter.signatures.personal import NOTHING

_S = Signature.State


_Rows = QuerySet[Any]


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` rows for each reason; with `dry_run` only count them.

    Each reason names rows in the order of an index from which they go when they are done: nobody
    reads again what was done before.
    """
    rules: tuple[
        tuple[str, Callable[[datetime], list[_Rows]], Callable[[_Rows, int, datetime], int]], ...
    ] = (
        ("attempts that nobody confirmed", unconfirmed, _delete),
        ("networks that forms came from", old_forms, _delete),
        ("wrong codes", old_tries, _delete),
        ("signatures on letters that closed long ago", outlived, _anonymise),
    )
    found = []
    if not dry_run:
        end(now)
    for what, parts, act in rules:
        number = 0
        for rows in parts(now):
            left = limit - number
            number += rows.values("pk")[:left].count() if dry_run else act(rows, left, now)
            if number >= limit:
                break
        found.append(Expiry(what, number))
    if not dry_run:
        _forget_suppressions(now)
    return found


def unconfirmed(now: datetime) -> list[_Rows]:
    """Attempts that were never confirmed, some time after a confirmation was last asked for."""
    old = now - timedelta(days=settings.KEEP_UNCONFIRMED_DAYS)
    rows = Signature.objects.filter(confirmed_at=None, asked_at__lt=old).order_by("asked_at")
    return [rows.filter(state=state) for state in UNCONFIRMED]


def old_forms(now: datetime) -> list[_Rows]:
    """Forms that no limit looks at any more, with the hashes of the networks they came from."""
    before = now - timedelta(days=settings.KEEP_NETWORKS_DAYS)
    return [_with_references_of(FormSubmission, before).filter(at__lt=before)]


def old_tries(now: datetime) -> list[_Rows]:
    """Counts of wrong codes for references that were handed out long ago."""
    return [_with_references_of(CodeAttempt, now - timedelta(days=settings.KEEP_UNCONFIRMED_DAYS))]


def _with_references_of(model: type[Model], before: datetime) -> _Rows:
    """Return the rows whose references are older, the oldest first: each carries its time.

    That is what `sign` was told; but references of before the version that says so carry what the
    clock of their machine said, so where a row has a time of its own, that has to be older as well.
    """
    oldest_kept = UUID(int=int(before.timestamp() * 1000) << 80)
    rows: _Rows = model._default_manager.filter(reference__lt=oldest_kept).order_by("reference")
    return rows


def outlived_letters(now: datetime) -> QuerySet[Letter]:
    """Letters that closed longer ago than they wanted personal data kept."""
    ends_at = RawSQL("closes_at + make_interval(months => retention_months)", ())
    return (
        Letter.objects.filter(
            state__in=[Letter.State.OPEN, Letter.State.CLOSED, Letter.State.ARCHIVED],
            closes_at__isnull=False,
        )
        .annotate(retention_ends_at=ends_at)
        .filter(Q(retention_ends_at__lt=now) | Q(retention_ended_at__isnull=False))
    )


def end(now: datetime) -> None:
    """Settle for good that these letters stay closed, before the first hash of an address goes.

    A letter that somebody opens at this moment keeps everything.
    """
    outlived_letters(now).filter(retention_ended_at=None).update(retention_ended_at=now)


def outlived(now: datetime) -> list[_Rows]:
    """Signatures of such letters that still hold an address, or at least the hash of one."""
    known = Signature.objects.exclude(email_key=b"")
    parts = (
        known.counted().order_by("email_key"),
        known.exclude(state__in=COUNTED).order_by("pk"),
    )
    return [
        part.filter(letter=letter)
        for part in parts
        for letter in _letters_with_some_of(part, outlived_letters(now))
    ]


def _letters_with_some_of(rows: QuerySet[Signature], letters: QuerySet[Letter]) -> list[int]:
    """Return the letters that have such signatures, looking at one of each."""
    first = rows.filter(letter=OuterRef("pk")).values("pk")[:1]
    having = letters.annotate(first_of_these=Subquery(first)).filter(first_of_these__isnull=False)
    return list(having.values_list("pk", flat=True))


@transaction.atomic
def _delete(rows: _Rows, limit: int, now: datetime) -> int:
    """Take rows in hand first: an attempt may be renewed and confirmed up to the last moment."""
    found = _in_hand(rows, limit)
    return int(rows.model._default_manager.filter(pk__in=found).delete()[0])


def _in_hand(rows: _Rows, limit: int) -> list[Any]:
    """Return the keys of the first rows, locked; those that somebody else has are left out."""
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    return list(locked.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _anonymise(rows: _Rows, limit: int, now: datetime) -> int:
    """Take the address away, and the words too unless their owner agreed that they stay."""
    locked = _in_hand(rows.filter(letter__retention_ended_at__isnull=False), limit)
    found = Signature.objects.filter(pk__in=locked)
    may_stay = Q(state=_S.PUBLISHED, show_name=True, retain_name=True, erased_at=None)
    gone = {"email": "", "email_domain": "", "email_key": b"", "erased_at": now, "verdict": ""}
    link = F("generation") + 1
    found.exclude(may_stay).update(**{**NOTHING, **gone, "generation": link})
    found.filter(may_stay).exclude(email_key=b"").update(
        **gone, generation=link, language="", flags=[], held_because="", wants_updates=False
    )
    return len(locked)


def _forget_suppressions(now: datetime) -> None:
    """Nothing is mailed about these letters any more, so nobody needs to be kept from it."""
    ended = outlived_letters(now).filter(retention_ended_at__isnull=False)
    suppression.forget_topics([letter.topic for letter in ended])
