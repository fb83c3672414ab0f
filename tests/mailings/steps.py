"""Mailings in every state, for the tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from openletter.letters.models import Update
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.mailings import flows, slices
from openletter.mailings.models import Mailing
from openletter.signatures.models import Signature
from tests.factories import make_published, make_staff, make_update

M = Mailing.State


def signers(number: int, **fields: Any) -> list[Signature]:
    return [make_published(wants_updates=True, **fields) for _ in range(number)]


def prepared(update: Update | None = None) -> Mailing:
    update = update or make_update()
    actor = make_staff(f"staff-{update.pk}-{Mailing.objects.count()}@example.org")
    return flows.prepare(update_id=update.pk, actor_id=actor.pk)


def do(flow: Callable[..., None], mailing: Mailing, **what: Any) -> None:
    actor_id = mailing.created_by_id
    flow(mailing_id=mailing.pk, actor_id=actor_id, **{"now": timezone.now(), **what})
    mailing.refresh_from_db()


def sent_off(update: Update | None = None) -> Mailing:
    """A mailing that may begin now."""
    mailing = prepared(update)
    do(flows.send, mailing, starts_at=None)
    return mailing


def enqueueing(update: Update | None = None) -> Mailing:
    mailing = sent_off(update)
    slices.begin_due(now=timezone.now())
    mailing.refresh_from_db()
    return mailing


def sending(update: Update | None = None) -> Mailing:
    mailing = enqueueing(update)
    while slices.enqueue_slice(mailing.pk, now=timezone.now()):
        pass
    mailing.refresh_from_db()
    return mailing


def work(mailing: Mailing) -> None:
    slices.work(now=timezone.now())
    mailing.refresh_from_db()


def owed(mailing: Mailing) -> set[object]:
    """The signatures that a mailing owes a mail."""
    mails = OutgoingMail.objects.filter(batch=mailing.public_id)
    return set(mails.values_list("about", flat=True))


def is_finished(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, finished_at__isnull=False).exists()


def is_throttled(mailing: Mailing) -> bool:
    return Throttle.objects.filter(key=throttles.batch_key(mailing.public_id), paused=True).exists()
