"""Take due mails in hand: each by one worker, within quotas and throttles, for sixty seconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from openletter.lib import crypto
from openletter.lib.db import clock
from openletter.lib.work.leases import Leases, lock
from openletter.mail.limits import quotas, throttles
from openletter.mail.models import Lane, OutgoingMail, OutgoingMailQuerySet
from openletter.mail.transport.smtp_replies import RelayUnavailable

BATCH_SIZE = 50
LEASE = timedelta(seconds=60)
_LEASES = Leases(OutgoingMail, Q(state=OutgoingMail.State.DUE), lasts=LEASE)
_BEHIND_THE_OTHERS = timedelta(minutes=1)


def claim(lane: str) -> list[OutgoingMail]:
    """Take up to `BATCH_SIZE` due mails; nobody else gets them until the lease runs out.

    What is due and whose lease has run out is told by the database's clock alone, asked in this
    transaction: no worker that slept, or whose clock is off, shortens the lease of another.
    """
    with transaction.atomic():
        now = clock.ask()
        throttle = throttles.throttled(now)
        turns = throttles.turns(throttle, now=now)
        waiting = _waiting(throttle, turns, now) if lane == Lane.BULK and quotas.is_limited() else 0
        allowed = quotas.allowance(lane, waiting=waiting, now=now)
        room = BATCH_SIZE if allowed is None else min(BATCH_SIZE, allowed)
        due = OutgoingMail.objects.due(lane, now)
        batch = _take(throttle.free(due), room)
        for topic, turn in turns.items():
            batch += _take(throttle.slowed(due, topic), min(room - len(batch), turn))
        _LEASES.begin(batch, now=now)
        quotas.reserve(len(batch), now=now)
    return batch


def claimed_at(mail: OutgoingMail) -> datetime:
    """Return when a mail in hand was claimed."""
    return _LEASES.claimed_at(mail)


def _waiting(throttle: throttles.Throttled, turns: Mapping[str, int], now: datetime) -> int:
    """Count the mails that somebody waits for and that could leave now."""
    due = OutgoingMail.objects.due(Lane.CONFIRM, now)
    slowed = (min(turn, throttle.slowed(due, topic).count()) for topic, turn in turns.items())
    return throttle.free(due).count() + sum(slowed)


def _take(mails: OutgoingMailQuerySet, size: int) -> list[OutgoingMail]:
    # Addresses stay sealed here, so that one that cannot be decrypted fails alone (F24).
    sealed = mails.defer("recipient").annotate(sealed=Cast("recipient", TextField()))
    return lock(sealed, size)


def open_recipient(mail: OutgoingMail) -> None:
    """Decrypt the address of a claimed mail; raises `InvalidToken` when the key is gone."""
    mail.recipient = crypto.decrypt(mail.sealed)  # type: ignore[attr-defined]  # annotated


def release(mails: Collection[OutgoingMail], *, claimed_at: datetime, unspent: int) -> None:
    """Give back the mails of a claim that were not tried; they are due again at once.

    The quota gets back what is `unspent`: all of the claim that never met the relay. Whoever took
    a mail over meanwhile, because its lease had run out, keeps it.
    """
    with transaction.atomic():
        _LEASES.give_back(mails)
        quotas.refund(unspent, claimed_at=claimed_at)


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
