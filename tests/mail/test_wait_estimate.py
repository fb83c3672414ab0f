"""How long a new mail waits, as the inbox page tells it: from the real queue, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openletter.mail.limits import throttles
from openletter.mail.models import Lane, OutgoingMail, Throttle
from openletter.mail.outbox import wait_estimate
from tests.mail.steering_steps import NOW, owe_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def minutes() -> int:
    wait = wait_estimate.expected("confirm", now=NOW)
    assert not wait.stands
    return wait.minutes


def mails_leave() -> None:
    owe_in(Lane.CONFIRM, 60, state="sent", sent_at=NOW - MINUTE / 2)


def test_the_wait_is_told_from_the_real_queue() -> None:
    assert minutes() == 0
    mails_leave()
    owe_in(Lane.CONFIRM, 10)
    assert minutes() == 0  # ten seconds are no wait
    OutgoingMail.objects.filter(state="due").update(due_at=NOW - 4.5 * MINUTE)
    assert minutes() == 5


def test_of_a_queue_that_stands_nobody_says_how_long_it_will() -> None:
    owe_in(Lane.CONFIRM, 5, state="sent", sent_at=NOW - 1.2 * MINUTE)
    owe_in(Lane.CONFIRM, 1, due_at=NOW - 1.1 * MINUTE)
    assert wait_estimate.expected("confirm", now=NOW) == wait_estimate.Wait(stands=True)
    OutgoingMail.objects.filter(state="due").update(due_at=NOW - MINUTE / 2)
    assert minutes() == 0


def test_the_wait_of_a_busy_queue_follows_the_pace_of_the_last_minutes() -> None:
    owe_in(Lane.CONFIRM, 15, state="sent", sent_at=NOW - MINUTE)
    owe_in(Lane.CONFIRM, 12, due_at=NOW - 7 * MINUTE)
    assert minutes() == 7  # 12 at 3 a minute are 4
    owe_in(Lane.CONFIRM, 15, due_at=NOW - 6 * MINUTE)
    assert minutes() == 9  # 27 at 3 a minute


def test_how_many_left_before_anything_waited_is_no_pace() -> None:
    owe_in(Lane.CONFIRM, 1, state="sent", sent_at=NOW - 3.1 * MINUTE)
    owe_in(Lane.CONFIRM, 10, state="sent", sent_at=NOW - 2 * MINUTE)
    owe_in(Lane.CONFIRM, 30, due_at=NOW - 3 * MINUTE)
    assert minutes() == 9  # 30 at 10 in three minutes


def test_on_a_quiet_site_somebodys_own_mail_is_no_queue() -> None:
    owe_in(Lane.CONFIRM, 1, state="sent", sent_at=NOW - 4 * MINUTE)
    owe_in(Lane.CONFIRM, 1)
    assert minutes() == 0  # and not one at a fifth a minute


def test_what_is_held_back_on_purpose_stands_in_nobodys_way() -> None:
    mails_leave()
    hour_ago = NOW - 60 * MINUTE
    owe_in(Lane.CONFIRM, 1, topic="letter:1", due_at=hour_ago)
    owe_in(Lane.CONFIRM, 1, topic="letter:2", due_at=hour_ago)
    throttles.pause("letter:1", cause=Throttle.Cause.BOUNCES, now=NOW)
    throttles.slow("letter:2", per_minute=60, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    assert minutes() == 0
    throttles.release("letter:1")
    assert minutes() == 60


def test_a_mail_that_failed_and_waits_for_its_next_try_is_no_queue() -> None:
    owe_in(Lane.CONFIRM, 1, attempts=3, due_at=NOW + 5 * MINUTE)
    assert minutes() == 0
    OutgoingMail.objects.update(due_at=NOW - 5 * MINUTE)  # its next try is late
    assert wait_estimate.expected("confirm", now=NOW).stands
