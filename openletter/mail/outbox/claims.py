"""Take due mails in hand: each by one worker, within quotas and throttles, for sixty seconds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from openletter.lib import crypto
from openletter.lib.db import clock
from openletter.lib.work.leases import Leases
from openletter.mail.limits import quotas, streams, throttles
from openletter.mail.models import Lane, OutgoingMail
from openletter.mail.outbox import queue_length
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
        throttle = throttles.throttled()
        waiting = streams.of(lane)
        turns = throttles.turns(throttle, lane, waiting, now=now)
        ahead = _ahead_of_bulk(throttle, now) if lane == Lane.BULK and quotas.is_limited() else 0
        allowed = quotas.allowance(lane, waiting=ahead, now=now)
        room = BATCH_SIZE if allowed is None else min(BATCH_SIZE, allowed)
        keys = streams.lock(lane, throttle.free(waiting), now=now, most=room)
        for topic, turn in turns.items():
            slowed = throttle.slowed(waiting, topic)
            keys += streams.lock(lane, slowed, now=now, most=min(room - len(keys), turn))
        batch = _read(keys)
        _LEASES.begin(batch, now=now)
        quotas.reserve(len(batch), now=now)
    return batch


def claimed_at(mail: OutgoingMail) -> datetime:
    """Return when a mail in hand was claimed."""
    return _LEASES.claimed_at(mail)


def _ahead_of_bulk(throttle: throttles.Throttled, now: datetime) -> int:
    """Return how many mails somebody waits for that could leave now."""
    waiting = streams.of(Lane.CONFIRM)
    turns = throttles.turns(throttle, Lane.CONFIRM, waiting, now=now)
    slowed = (
        len(streams.oldest(Lane.CONFIRM, throttle.slowed(waiting, topic), now=now, most=turn))
        for topic, turn in turns.items()
    )
    free = queue_length.number_due(Lane.CONFIRM, throttle.free(waiting), now=now)
    return free + sum(slowed)


def _read(keys: list[UUID]) -> list[OutgoingMail]:
    """Return mails that are locked, in the order in which they became due."""
    # Addresses stay sealed here, so that one that cannot be decrypted fails alone (F24).
    sealed = OutgoingMail.objects.defer("recipient").annotate(sealed=Cast("recipient", TextField()))
    return list(sealed.filter(pk__in=keys).order_by("due_at", "pk")) if keys else []


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


def put_off(mail_ids: Collection[UUID], *, until: datetime) -> None:
    """Let claimed mails wait; they are given back with the rest of their claim."""
    mails = OutgoingMail.objects.filter(pk__in=mail_ids, state=OutgoingMail.State.DUE)
    mails.update(due_at=until)


def note(mail: OutgoingMail, problem: RelayUnavailable, *, now: datetime) -> None:
    """Write down at a mail that the relay took none; it stays claimed and keeps all its tries.

    One that the relay spoke about lets the others go first for a minute: perhaps it was only that
    one after all.
    """
    due_at = now + _BEHIND_THE_OTHERS if problem.over_a_mail else mail.due_at
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.DUE).update(
        error=str(problem), tried_at=now, due_at=due_at
    )
