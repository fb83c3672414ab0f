"""Take due mails in hand: each by one worker, within budgets and brakes, for sixty seconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from openletter.lib import clock, crypto
from openletter.mail import brakes, budgets
from openletter.mail.models import Lane, OutgoingMail, OutgoingMailQuerySet
from openletter.mail.verdicts import RelayUnavailable

BATCH_SIZE = 50
LEASE = timedelta(seconds=60)
_BEHIND_THE_OTHERS = timedelta(minutes=1)


def claim(lane: str) -> list[OutgoingMail]:
    """Take up to `BATCH_SIZE` due mails; nobody else gets them until the lease runs out.

    What is due and whose lease has run out is told by the database's clock alone, asked in this
    transaction: no worker that slept, or whose clock is off, shortens the lease of another.
    """
    with transaction.atomic():
        now = clock.ask()
        brake = brakes.braked(now)
        turns = brakes.turns(brake, now=now)
        waiting = _waiting(brake, turns, now) if lane == Lane.BULK and budgets.is_limited() else 0
        allowed = budgets.allowance(lane, waiting=waiting, now=now)
        room = BATCH_SIZE if allowed is None else min(BATCH_SIZE, allowed)
        due = OutgoingMail.objects.due(lane, now)
        batch = _take(brake.free(due), room)
        for topic, turn in turns.items():
            batch += _take(brake.slowed(due, topic), min(room - len(batch), turn))
        if batch:
            OutgoingMail.objects.filter(pk__in=[mail.pk for mail in batch]).update(
                lease_until=now + LEASE
            )
            budgets.reserve(len(batch), now=now)
    for mail in batch:
        mail.lease_until = now + LEASE
    return batch


def claimed_at(mail: OutgoingMail) -> datetime:
    """Return when a mail in hand was claimed."""
    if mail.lease_until is None:
        raise ValueError("nobody has this mail in hand")
    return mail.lease_until - LEASE


def _waiting(brake: brakes.Braked, turns: Mapping[str, int], now: datetime) -> int:
    """Count the mails that somebody waits for and that could leave now."""
    due = OutgoingMail.objects.due(Lane.CONFIRM, now)
    slowed = (min(turn, brake.slowed(due, topic).count()) for topic, turn in turns.items())
    return brake.free(due).count() + sum(slowed)


def _take(mails: OutgoingMailQuerySet, size: int) -> list[OutgoingMail]:
    if size <= 0:
        return []
    # Addresses stay sealed here, so that one that cannot be decrypted fails alone (F24).
    sealed = mails.defer("recipient").annotate(sealed=Cast("recipient", TextField()))
    return list(sealed.order_by("due_at", "pk").select_for_update(skip_locked=True)[:size])


def open_recipient(mail: OutgoingMail) -> None:
    """Decrypt the address of a claimed mail; raises `InvalidToken` when the key is gone."""
    mail.recipient = crypto.decrypt(mail.sealed)  # type: ignore[attr-defined]  # annotated


def release(mail_ids: Collection[UUID], *, claimed_at: datetime, unspent: int) -> None:
    """Give back the mails of a claim that were not tried; they are due again at once.

    The budget gets back what is `unspent`: all of the claim that never met the relay. Whoever took
    a mail over meanwhile, because its lease had run out, keeps it.
    """
    with transaction.atomic():
        OutgoingMail.objects.filter(
            pk__in=mail_ids, state=OutgoingMail.State.DUE, lease_until=claimed_at + LEASE
        ).update(lease_until=None)
        budgets.refund(unspent, claimed_at=claimed_at)


def put_off(mail_id: UUID, *, until: datetime) -> None:
    """Let a claimed mail wait; it is given back with the rest of its claim."""
    OutgoingMail.objects.filter(pk=mail_id, state=OutgoingMail.State.DUE).update(due_at=until)


def note(mail: OutgoingMail, problem: RelayUnavailable, *, now: datetime) -> None:
    """Write down at a mail that the relay took none; it stays claimed and keeps all its tries.

    One that the relay spoke about lets the others go first for a minute: perhaps it was only that
    one after all.
    """
    due_at = now + _BEHIND_THE_OTHERS if problem.over_a_mail else mail.due_at
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.DUE).update(
        error=str(problem), tried_at=now, due_at=due_at
    )
