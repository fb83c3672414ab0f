"""Take due mails in hand: each by one worker, within budgets and brakes, for sixty seconds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from openletter.lib import crypto
from openletter.mail import brakes, budgets
from openletter.mail.models import OutgoingMail, OutgoingMailQuerySet

BATCH_SIZE = 50
LEASE = timedelta(seconds=60)


def claim(lane: str, *, now: datetime) -> list[OutgoingMail]:
    """Take up to `BATCH_SIZE` due mails; nobody else gets them until the lease runs out."""
    with transaction.atomic():
        room = BATCH_SIZE
        allowed = budgets.allowance(lane, now=now)
        if allowed is not None:
            room = min(room, allowed)
        if not room:
            return []
        brake = brakes.braked(now)
        due = OutgoingMail.objects.due(lane, now)
        batch = _take(due.exclude(brake.exclusion()) if brake.exclusion() else due, room)
        for topic, rest in brake.slow.items():
            size = min(room - len(batch), rest)
            if size > 0:
                outside = due.filter(topic=topic).exclude(recipient_domain__in=brake.domains)
                outside = outside.exclude(batch__in=brake.batches)
                batch += _take(outside, size)
        if batch:
            OutgoingMail.objects.filter(pk__in=[mail.pk for mail in batch]).update(
                lease_until=now + LEASE
            )
            budgets.reserve(len(batch), now=now)
    return batch


def _take(mails: OutgoingMailQuerySet, size: int) -> list[OutgoingMail]:
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
