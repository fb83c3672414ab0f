"""What is deleted by itself, and when. Each rule leaves its exceptions out in the query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from openletter.letters.models import Letter
from openletter.lib.personal import Expiry
from openletter.mail.outbox import suppression
from openletter.signatures.models import CodeAttempt, FormSubmission, Signature
from openletter.signatures.personal import NOTHING

_S = Signature.State


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` rows for each reason; with `dry_run` only count them."""
    rules: tuple[tuple[str, Callable[[datetime], QuerySet[Any]], Callable[..., int]], ...] = (
        ("attempts that nobody confirmed", unconfirmed, _delete),
        ("networks that forms came from", old_forms, _delete),
        ("wrong codes", old_tries, _delete),
        ("signatures on letters that closed long ago", outlived, _anonymise),
    )
    found = []
    if not dry_run:
        end(now)
    for what, rows, act in rules:
        keys = rows(now).order_by("pk").values("pk")[:limit]
        number = keys.count() if dry_run else act(rows(now), keys, now)
        found.append(Expiry(what, number))
    if not dry_run:
        _forget_suppressions(now)
    return found


def unconfirmed(now: datetime) -> QuerySet[Signature]:
    """Attempts that were never confirmed, some time after a confirmation was last asked for."""
    old = now - timedelta(days=settings.KEEP_UNCONFIRMED_DAYS)
    return Signature.objects.filter(
        state__in=[_S.PENDING, _S.EXPIRED], confirmed_at=None, asked_at__lt=old
    )


def old_forms(now: datetime) -> QuerySet[FormSubmission]:
    """Forms that no limit looks at any more, with the hashes of the networks they came from."""
    return FormSubmission.objects.filter(at__lt=now - timedelta(days=settings.KEEP_NETWORKS_DAYS))


def old_tries(now: datetime) -> QuerySet[CodeAttempt]:
    """Counts of wrong codes for references that were handed out long ago; each carries its time."""
    old = now - timedelta(days=settings.KEEP_UNCONFIRMED_DAYS)
    oldest_kept = UUID(int=int(old.timestamp() * 1000) << 80)
    return CodeAttempt.objects.filter(reference__lt=oldest_kept)


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


def outlived(now: datetime) -> QuerySet[Signature]:
    """Signatures of such letters that still hold an address, or at least the hash of one."""
    return Signature.objects.filter(letter__in=outlived_letters(now).values("pk")).exclude(
        email_key=b""
    )


@transaction.atomic
def _delete(rows: QuerySet[Any], keys: QuerySet[Any, Any], now: datetime) -> int:
    """Take rows in hand first: an attempt may be renewed and confirmed up to the last moment."""
    locked = rows.filter(pk__in=keys).select_for_update(skip_locked=True)
    found = list(locked.values_list("pk", flat=True))
    return int(rows.model._default_manager.filter(pk__in=found).delete()[0])


@transaction.atomic
def _anonymise(rows: QuerySet[Signature], keys: QuerySet[Any, Any], now: datetime) -> int:
    """Take the address away, and the words too unless their owner agreed that they stay."""
    ended = rows.filter(pk__in=keys, letter__retention_ended_at__isnull=False)
    in_hand = ended.select_for_update(skip_locked=True, of=("self",))
    locked = list(in_hand.values_list("pk", flat=True))
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
    for letter in outlived_letters(now).filter(retention_ended_at__isnull=False):
        suppression.forget_topic(letter.topic)
