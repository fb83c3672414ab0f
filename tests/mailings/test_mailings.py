"""One test per arrow of a mailing, and no other arrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from openletter.letters.publishing import NotPossible
from openletter.mail.models import Lane, OutgoingMail
from openletter.mail.outbox import delivery
from openletter.mailings import flows, slices
from openletter.mailings.models import MAILING_ARROWS, Mailing
from openletter.moderation.models import AuditEntry
from tests.factories import make_update
from tests.mailings.steps import (
    M,
    do,
    enqueueing,
    is_throttled,
    owed,
    prepared,
    sending,
    sent_off,
    signers,
    work,
)

pytestmark = pytest.mark.django_db


def test_a_mailing_that_ends_while_another_is_prepared_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = prepared()
    make_room = Mailing.objects.bulk_create

    def late(*rows: Any, **how: Any) -> Any:
        made = make_room(*rows, **how)
        Mailing.objects.filter(pk=first.pk).update(state=M.CANCELLED, finished_at=timezone.now())
        return made

    monkeypatch.setattr(Mailing.objects, "bulk_create", late)
    assert first.created_by_id is not None
    again = flows.prepare(update_id=first.update_id, actor_id=first.created_by_id)
    assert (again.pk != first.pk, again.state) == (True, "draft")


# --- One test per arrow ---


def test_draft_to_scheduled() -> None:
    signers(1)
    later = timezone.now() + timedelta(days=1)
    mailing = prepared()
    do(flows.send, mailing, starts_at=later)
    assert (mailing.state, mailing.starts_at) == ("scheduled", later)


def test_draft_to_cancelled() -> None:
    mailing = prepared()
    do(flows.cancel, mailing)
    assert mailing.state == "cancelled"
    assert mailing.finished_at
    assert not is_throttled(mailing)


def test_scheduled_to_enqueueing_when_its_time_has_come() -> None:
    signers(1)
    mailing = prepared()
    now = timezone.now()
    do(flows.send, mailing, starts_at=now + timedelta(hours=1))
    slices.begin_due(now=now + timedelta(minutes=59))
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"
    slices.begin_due(now=now + timedelta(minutes=61))
    mailing.refresh_from_db()
    assert mailing.state == "enqueueing"
    assert mailing.started_at


def test_scheduled_to_cancelled_sends_nothing() -> None:
    signers(1)
    mailing = sent_off()
    do(flows.cancel, mailing)
    work(mailing)
    assert mailing.state == "cancelled"
    assert mailing.finished_at
    assert not OutgoingMail.objects.filter(lane=Lane.BULK).exists()


def test_enqueueing_to_sending_when_everybody_is_owed_a_mail() -> None:
    signers(3)
    mailing = enqueueing()
    assert slices.enqueue_slice(mailing.pk, now=timezone.now(), size=3)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients) == ("enqueueing", 3)
    assert not slices.enqueue_slice(mailing.pk, now=timezone.now(), size=3)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients) == ("sending", 3)
    assert mailing.enqueued_at


def test_enqueueing_to_paused_and_back_goes_on_where_it_was() -> None:
    people = signers(5)
    mailing = enqueueing()
    slices.enqueue_slice(mailing.pk, now=timezone.now(), size=2)
    do(flows.pause, mailing)
    assert mailing.state == "paused"
    assert not slices.enqueue_slice(mailing.pk, now=timezone.now(), size=2)
    assert len(owed(mailing)) == 2
    do(flows.resume, mailing)
    assert mailing.state == "enqueueing"
    work(mailing)
    assert owed(mailing) == {person.public_id for person in people}


def test_enqueueing_to_cancelled_drops_what_was_owed() -> None:
    signers(5)
    mailing = enqueueing()
    slices.enqueue_slice(mailing.pk, now=timezone.now(), size=2)
    do(flows.cancel, mailing)
    work(mailing)
    assert (mailing.state, mailing.recipients) == ("cancelled", 2)
    assert flows.progress(mailing).dropped == 2


def test_sending_to_done_when_no_mail_is_due(mailoutbox: list[Any]) -> None:
    signers(3)
    mailing = sending()
    work(mailing)
    assert mailing.state == "sending"
    assert delivery.deliver_due("bulk") == 3
    work(mailing)
    assert mailing.state == "done"
    assert mailing.finished_at
    assert flows.progress(mailing) == flows.Progress(sent=3, failed=0, left=0, dropped=0)


def test_sending_to_paused_holds_the_mails_and_back_lets_them_go(mailoutbox: list[Any]) -> None:
    signers(2)
    mailing = sending()
    do(flows.pause, mailing)
    assert delivery.deliver_due("bulk") == 0
    do(flows.resume, mailing)
    assert mailing.state == "sending"
    assert delivery.deliver_due("bulk") == 2


def test_a_paused_mailing_holds_nothing_but_itself(mailoutbox: list[Any]) -> None:
    signers(1)
    first, second = sending(), sending(make_update())
    do(flows.pause, first)
    assert delivery.deliver_due("bulk") == 1
    assert flows.progress(second).sent == 1
    assert delivery.deliver_due("confirm") == 1  # the receipt, which belongs to no batch


def test_sending_to_cancelled_drops_the_rest(mailoutbox: list[Any]) -> None:
    signers(3)
    mailing = sending()
    OutgoingMail.objects.filter(pk=OutgoingMail.objects.filter(lane="bulk").first().pk).update(  # type: ignore[union-attr]
        state="sent", sent_at=timezone.now()
    )
    do(flows.cancel, mailing)
    assert is_throttled(mailing)
    work(mailing)
    assert flows.progress(mailing) == flows.Progress(sent=1, failed=0, left=0, dropped=2)
    assert mailing.finished_at
    assert not is_throttled(mailing)
    assert delivery.deliver_due("bulk") == 0


def test_paused_to_cancelled() -> None:
    signers(2)
    mailing = sending()
    do(flows.pause, mailing)
    do(flows.cancel, mailing)
    work(mailing)
    assert mailing.state == "cancelled"
    assert flows.progress(mailing).dropped == 2
    assert not is_throttled(mailing)


FLOWS: dict[str, tuple[Callable[..., None], set[str]]] = {
    "send": (flows.send, {M.SCHEDULED}),
    "pause": (flows.pause, {M.PAUSED}),
    "resume": (flows.resume, {M.ENQUEUEING, M.SENDING}),
    "cancel": (flows.cancel, {M.CANCELLED}),
}
FORBIDDEN = [
    (name, state)
    for name, state in product(FLOWS, M)
    if not FLOWS[name][1] & MAILING_ARROWS[state] or (name == "resume" and state != M.PAUSED)
]


@pytest.mark.parametrize(("name", "state"), FORBIDDEN)
def test_there_is_no_other_arrow(name: str, state: Mailing.State) -> None:
    signers(1)
    mailing = prepared()
    Mailing.objects.update(state=state)
    before = AuditEntry.objects.count()
    with pytest.raises(NotPossible):
        do(FLOWS[name][0], mailing, **({"starts_at": None} if name == "send" else {}))
    assert Mailing.objects.get().state == state
    assert AuditEntry.objects.count() == before
