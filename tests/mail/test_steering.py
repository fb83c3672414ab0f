"""Budgets that all workers share, brakes on letters and mailings, and how long mail waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from openletter.mail import brakes, budgets, claims, waiting
from openletter.mail.models import Brake, Lane, OutgoingMail, SentInMinute
from tests.factories import make_letter, make_signature
from tests.mail.test_outbox import owe

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(second=30)


def owe_in(lane: Lane, number: int, **changes: Any) -> None:
    for _ in range(number):
        owe()
        newest = OutgoingMail.objects.latest("pk")
        OutgoingMail.objects.filter(pk=newest.pk).update(
            lane=lane, due_at=NOW - timedelta(seconds=10), **changes
        )


def claimed(lane: Lane = Lane.CONFIRM) -> int:
    return len(claims.claim(lane, now=NOW))


def test_a_budget_per_minute_is_shared_by_all_claims(settings: Any) -> None:
    settings.MAILS_PER_MINUTE = 5
    owe_in(Lane.CONFIRM, 8)
    assert [claimed(), claimed()] == [5, 0]
    assert len(claims.claim(Lane.CONFIRM, now=NOW + timedelta(minutes=1))) == 3


def test_a_budget_per_day_holds_over_the_minutes(settings: Any) -> None:
    settings.MAILS_PER_DAY = 5
    SentInMinute.objects.create(minute=NOW - timedelta(hours=20), number=3)
    SentInMinute.objects.create(minute=NOW - timedelta(hours=30), number=100)
    owe_in(Lane.CONFIRM, 4)
    assert claimed() == 2


def test_bulk_leaves_the_budget_to_those_who_wait(settings: Any) -> None:
    settings.MAILS_PER_MINUTE = 5
    owe_in(Lane.CONFIRM, 3)
    owe_in(Lane.BULK, 5)
    assert claimed(Lane.BULK) == 2
    assert claimed(Lane.CONFIRM) == 3


def test_without_a_budget_nothing_is_counted() -> None:
    owe_in(Lane.CONFIRM, 3)
    assert claimed() == 3
    assert not SentInMinute.objects.exists()
    assert not budgets.is_limited()


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
