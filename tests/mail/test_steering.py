"""Brakes on letters and mailings, and how long mail waits."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from openletter.mail import brakes, waiting
from openletter.mail.models import Brake, Lane, OutgoingMail
from tests.factories import make_letter, make_signature
from tests.mail.steering_steps import NOW, claimed, owe_in
from tests.mail.test_outbox import owe

pytestmark = pytest.mark.django_db


def test_the_mails_of_a_paused_letter_wait_and_go_on() -> None:
    letter = make_letter(slug="paused")
    owe(make_signature(letter))
    owe(make_signature(make_letter(slug="other")))
    OutgoingMail.objects.update(due_at=NOW - timedelta(seconds=1))
    brakes.pause(letter.topic, cause=Brake.Cause.BOUNCES, now=NOW)
    assert claimed() == 1
    brakes.release(letter.topic)
    assert claimed() == 1


def test_the_mails_of_a_paused_mailing_wait() -> None:
    batch = uuid4()
    owe_in(Lane.BULK, 2, batch=batch)
    owe_in(Lane.BULK, 1)
    brakes.pause(brakes.batch_key(batch), cause=Brake.Cause.STAFF, now=NOW)
    assert claimed(Lane.BULK) == 1


def test_a_slowed_letter_sends_so_many_a_minute() -> None:
    owe_in(Lane.CONFIRM, 7)
    topic = OutgoingMail.objects.values_list("topic", flat=True)[0]
    assert brakes.slow(topic, per_minute=3, cause=Brake.Cause.UNCONFIRMED, now=NOW)
    assert not brakes.slow(topic, per_minute=3, cause=Brake.Cause.UNCONFIRMED, now=NOW)
    assert [claimed(), claimed()] == [3, 0]
    OutgoingMail.objects.filter(lease_until__isnull=False).update(
        state="sent", sent_at=NOW - timedelta(seconds=61), lease_until=None
    )
    assert claimed() == 3


def test_confirmations_never_wait_behind_bulk() -> None:
    owe_in(Lane.BULK, 60)
    owe_in(Lane.CONFIRM, 1)
    assert claimed(Lane.CONFIRM) == 1


def test_the_wait_is_told_from_the_real_queue() -> None:
    assert waiting.expected_minutes("confirm", now=NOW) == 0
    owe_in(Lane.CONFIRM, 10)
    assert waiting.expected_minutes("confirm", now=NOW) == 0  # ten seconds are no wait
    OutgoingMail.objects.update(due_at=NOW - timedelta(minutes=4, seconds=30))
    assert waiting.expected_minutes("confirm", now=NOW) == 5


def test_the_wait_follows_the_pace_of_the_last_minutes() -> None:
    owe_in(Lane.CONFIRM, 15, state="sent", sent_at=NOW - timedelta(minutes=1))
    owe_in(Lane.CONFIRM, 12)
    assert waiting.expected_minutes("confirm", now=NOW) == 4  # 12 at 3 a minute
