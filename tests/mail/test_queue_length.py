"""How many mails wait: exactly while there are few, and about when there are very many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from openletter.mail.limits import streams
from openletter.mail.models import Lane
from openletter.mail.outbox import queue_length
from tests.mail.filling import fill
from tests.mail.steering_steps import owe_in

pytestmark = pytest.mark.django_db


def number_due(*topics: str) -> int:
    chosen = [one for one in streams.of(Lane.CONFIRM) if not topics or one.topic in topics]
    return queue_length.number_due(Lane.CONFIRM, chosen, now=timezone.now())


def test_what_a_worker_has_in_hand_does_not_wait() -> None:
    owe_in(Lane.CONFIRM, 3)
    owe_in(Lane.CONFIRM, 2, lease_until=timezone.now() + timedelta(seconds=30))
    assert number_due() == 3


def test_a_few_of_others_are_counted_beside_very_many() -> None:
    owe_in(Lane.CONFIRM, 7, topic="letter:7")
    fill(3_000, due=3_000)
    assert number_due("letter:7") == 7


@pytest.mark.slow
def test_of_a_hundredth_of_the_lane_it_says_a_sensible_number() -> None:
    fill(20_000, due=20_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mail_outgoingmail SET topic = 'letter:paused'"
            " WHERE mod(substr(dedupe_key, 8)::int, 100) <> 1"
        )
    assert 100 <= number_due("letter:0", "letter:1", "letter:2") <= 600  # of 200


def test_few_are_counted() -> None:
    assert number_due() == 0
    owe_in(Lane.CONFIRM, 3, topic="letter:1")
    owe_in(Lane.CONFIRM, 2, topic="letter:2")
    owe_in(Lane.CONFIRM, 1, topic="letter:2", due_at=timezone.now() + timedelta(hours=1))
    owe_in(Lane.BULK, 1, topic="letter:1")
    assert (number_due(), number_due("letter:1"), number_due("letter:2")) == (5, 3, 2)


@pytest.mark.slow
def test_of_very_many_it_is_about_right() -> None:
    fill(20_000, due=9_000)
    assert number_due() == pytest.approx(9_000, rel=0.2)
    assert number_due("letter:paused") == pytest.approx(4_500, rel=0.25)
