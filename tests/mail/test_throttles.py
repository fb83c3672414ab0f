"""Throttles on letters and mailings: what waits, what leaves slowly, and what goes on."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from openletter.mail.limits import throttles
from openletter.mail.models import Lane, OutgoingMail, Throttle
from openletter.mail.outbox import claims
from tests.factories import make_letter, make_signature
from tests.mail.outgoing import claim_at
from tests.mail.steering_steps import NOW, claimed, owe_in
from tests.mail.steps import owe

pytestmark = pytest.mark.django_db


def test_the_mails_of_a_paused_letter_wait_and_go_on() -> None:
    letter = make_letter(slug="paused")
    owe(make_signature(letter))
    owe(make_signature(make_letter(slug="other")))
    OutgoingMail.objects.update(due_at=NOW - timedelta(seconds=1))
    throttles.pause(letter.topic, cause=Throttle.Cause.BOUNCES, now=NOW)
    assert claimed() == 1
    throttles.release(letter.topic)
    assert claimed() == 1


def test_the_mails_of_a_paused_mailing_wait() -> None:
    batch = uuid4()
    owe_in(Lane.BULK, 2, batch=batch)
    owe_in(Lane.BULK, 1)
    throttles.pause(throttles.batch_key(batch), cause=Throttle.Cause.STAFF, now=NOW)
    assert claimed(Lane.BULK) == 1


def test_what_waits_on_purpose_changes_no_order_among_the_others() -> None:
    for place in range(12):
        due_at = NOW - timedelta(minutes=place)
        owe_in(Lane.CONFIRM, 1, topic=f"letter:{place % 3}", due_at=due_at)
        owe_in(Lane.CONFIRM, 1, topic=f"letter:{place % 3}", kind="signatures.receipt")
    throttles.pause("letter:1", cause=Throttle.Cause.STAFF, now=NOW)
    mails = claim_at(Lane.CONFIRM, NOW)
    assert [mail.due_at for mail in mails] == sorted(mail.due_at for mail in mails)
    free = OutgoingMail.objects.exclude(topic="letter:1").values_list("pk", flat=True)
    assert {mail.pk for mail in mails} == set(free)


def test_of_many_streams_the_oldest_leave_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BATCH_SIZE", 4)
    for place in range(12):
        due_at = NOW - timedelta(minutes=place)
        owe_in(Lane.CONFIRM, 1, topic=f"letter:{place % 3}", due_at=due_at)
    for _ in range(3):
        oldest = OutgoingMail.objects.filter(lease_until=None).order_by("due_at")[:4]
        expected = [mail.pk for mail in oldest]
        assert [mail.pk for mail in claim_at(Lane.CONFIRM, NOW)] == expected


def test_a_slowed_letter_sends_so_many_a_minute() -> None:
    owe_in(Lane.CONFIRM, 7)
    topic = OutgoingMail.objects.values_list("topic", flat=True)[0]
    assert throttles.slow(topic, per_minute=3, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    assert not throttles.slow(topic, per_minute=3, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    assert [claimed(), claimed()] == [3, 0]
    OutgoingMail.objects.filter(lease_until__isnull=False).update(
        state="sent", sent_at=NOW - timedelta(seconds=61), lease_until=None
    )
    assert claimed() == 3


@pytest.mark.parametrize("kind", ["signatures.receipt", "signatures.access", "mailings.update"])
def test_a_slowed_letter_slows_no_mail_to_who_asked_for_it(kind: str) -> None:
    owe_in(Lane.CONFIRM, 3, kind=kind)
    topic = OutgoingMail.objects.values_list("topic", flat=True)[0]
    throttles.slow(topic, per_minute=1, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    assert claimed() == 3
    owe_in(Lane.CONFIRM, 2)
    assert claimed() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_minute_of_a_slowed_letter() -> None:
    owe_in(Lane.CONFIRM, 6)
    topic = OutgoingMail.objects.values_list("topic", flat=True)[0]
    throttles.slow(topic, per_minute=3, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    found: list[int] = []

    def another_worker() -> None:
        found.append(claimed())
        connection.close()

    thread = threading.Thread(target=another_worker)
    with transaction.atomic():
        found.append(claimed())
        thread.start()
        thread.join(1)  # it waits for us to commit
    thread.join()
    assert found == [3, 0]


def test_confirmations_never_wait_behind_bulk() -> None:
    owe_in(Lane.BULK, 60)
    owe_in(Lane.CONFIRM, 1)
    assert claimed(Lane.CONFIRM) == 1
