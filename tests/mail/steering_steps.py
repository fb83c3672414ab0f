"""Mails that wait in a lane, for tests of what lets them go and what holds them back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from openletter.mail.models import Lane, OutgoingMail
from tests.mail.outgoing import claim_at
from tests.mail.steps import owe

NOW = timezone.now().replace(second=30)


def owe_in(lane: Lane, number: int, **changes: Any) -> None:
    """Owe so many mails, due for ten seconds."""
    for _ in range(number):
        owe()
        newest = OutgoingMail.objects.latest("pk")
        OutgoingMail.objects.filter(pk=newest.pk).update(
            **{"lane": lane, "due_at": NOW - timedelta(seconds=10), **changes}
        )


def claimed(lane: Lane = Lane.CONFIRM) -> int:
    """Take what may be taken in hand now; return how many."""
    return len(claim_at(lane, NOW))
