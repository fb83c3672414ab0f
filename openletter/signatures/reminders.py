"""Remind those who have not confirmed: after a day, and once more if the letter says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from openletter.letters.models import Letter
from openletter.lib.db.address_locks import lock_address
from openletter.lib.people.addresses import mailbox_key
from openletter.signatures import judgement, signing
from openletter.signatures.models import Signature

FIRST_AFTER = timedelta(hours=24)
SECOND_AFTER = timedelta(days=4)


def remind(*, now: datetime, limit: int = 500) -> int:
    """Owe the reminders that have come due; return how many attempts were looked at.

    Of several attempts of an address only the newest is one to remind of (T52).
    """
    first = Q(reminders=0, asked_at__lte=now - FIRST_AFTER)
    second = Q(reminders=1, asked_at__lte=now - SECOND_AFTER, letter__second_reminder=True)
    newer = Signature.objects.filter(
        letter=OuterRef("letter"),
        email_key=OuterRef("email_key"),
        state=Signature.State.PENDING,
        asked_at__gt=OuterRef("asked_at"),
    )
    waiting = (
        Signature.objects.select_related("letter")
        .filter(first | second, state=Signature.State.PENDING, letter__in=Letter.objects.open(now))
        .filter(asked_at__gt=now - judgement.LINK_LASTS)  # later the link would not work
        .exclude(Exists(newer))
        .order_by("asked_at")[:limit]
    )
    found = list(waiting)
    for attempt in found:
        _remind(attempt, now=now)
    return len(found)


@transaction.atomic
def _remind(attempt: Signature, *, now: datetime) -> None:
    """Owe one reminder; the guarded count lets only one of two workers do it."""
    lock_address(bytes(attempt.email_key), mailbox_key(attempt.email))
    unreminded = Signature.objects.filter(
        pk=attempt.pk,
        state=Signature.State.PENDING,
        reminders=attempt.reminders,
        asked_at=attempt.asked_at,  # else another mail was asked for meanwhile
    )
    if unreminded.update(reminders=attempt.reminders + 1):
        signing.enqueue_mail(
            attempt,
            "signatures.reminder",
            about=attempt.public_id,
            now=now,
            copy=attempt.reminders,
        )
