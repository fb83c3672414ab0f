"""How long after its end a letter keeps personal data: what staff may still change about that.

The months count from the day the letter closed, so on a letter that is closed fewer of them are a
day of deletion that comes nearer, or is today. What has passed is refused; what comes nearer is
asked about; and every change is on record, since signatories were told the months.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.expressions import RawSQL

from openletter.letters.models import Letter
from openletter.moderation import audit


def ends_at(letter: Letter, months: int) -> datetime | None:
    """Return when a letter's retention would end, or None while it has no end of its own.

    The database counts the months, as it will when they are over (signatures/retention.py).
    """
    end = RawSQL("closes_at + make_interval(months => %s)", (months,))
    found = Letter.objects.filter(pk=letter.pk, closes_at__isnull=False).annotate(end=end)
    return found.values_list("end", flat=True).first()


def deletes_at_once(letter: Letter, months: int, *, now: datetime) -> bool:
    end = ends_at(letter, months)
    return end is not None and end <= now


def comes_nearer(letter: Letter, before: int, months: int, *, now: datetime) -> bool:
    """Say whether a closed letter's data would go earlier than its signatories were told."""
    return months < before and letter.closed_at(now) is not None


@transaction.atomic
def record_change(*, letter: Letter, before: int, actor_id: int | None, now: datetime) -> None:
    """Put on record that a letter's months are others now; call it where they are stored."""
    audit.record(
        actor_id=actor_id,
        action="change retention",
        object_kind="letter",
        object_id=letter.public_id,
        reason="",
        now=now,
        before={"retention_months": before},
        after={"retention_months": letter.retention_months},
    )
