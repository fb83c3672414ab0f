"""Mails that were given up after many tries and wait for a person: look, mend, try again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from openletter.lib.work.leases import start_over
from openletter.mail.models import ARROWS, OutgoingMail

MOST_SHOWN = 20
MOST_AT_ONCE = 10_000
_S = OutgoingMail.State
# What may be owed afresh; the table of arrows is the only one to know.
_FROM = [state for state, ends in ARROWS.items() if _S.DUE in ends and state != _S.DUE]


def newest() -> list[OutgoingMail]:
    """Return the mails that were parked, the newest first, and no more than fit on a page."""
    return list(OutgoingMail.objects.filter(state=_S.PARKED).order_by("-first_due_at")[:MOST_SHOWN])


def try_again(mail_ids: Collection[UUID], *, now: datetime) -> int:
    """Owe parked mails afresh, with all their tries; return how many still were parked."""
    parked = OutgoingMail.objects.filter(pk__in=mail_ids, state__in=_FROM)
    return start_over(parked, now=now, state=_S.DUE, tried_at=None)


def try_all_again(*, now: datetime) -> int:
    """Owe every parked mail afresh, up to `MOST_AT_ONCE`; return how many."""
    parked = OutgoingMail.objects.filter(state=_S.PARKED).order_by("first_due_at")
    return try_again(list(parked.values_list("pk", flat=True)[:MOST_AT_ONCE]), now=now)
