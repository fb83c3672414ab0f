"""The numbers of the outbox, and the parked mails that a person lets try again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from openletter.mail.limits import throttles
from openletter.mail.models import Lane, OutgoingMail, Throttle
from openletter.mail.monitoring import statistics
from openletter.mail.monitoring.statistics import Numbers
from openletter.mail.outbox import dead_letters
from openletter.mail.transport import smtp_replies
from tests.mail.outgoing import TOPIC, sent, state_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def numbers(lane: str = "confirm", topic: str = TOPIC) -> Numbers:
    return statistics.by_lane_and_topic(now=NOW).get((lane, topic), Numbers())


def waiting(**fields: Any) -> OutgoingMail:
    return sent(**{"state": "due", "due_at": NOW - MINUTE, **fields})


def test_a_mail_that_may_leave_is_either_due_in_flight_or_deferred() -> None:
    waiting()
    waiting(lease_until=NOW - MINUTE)  # its worker has gone
    waiting(lease_until=NOW + MINUTE, attempts=2)
    waiting(attempts=1, due_at=NOW + MINUTE)
    waiting(tried_at=NOW)  # the relay took none, which costs no try
    found = numbers()
    assert (found.due, found.in_flight, found.deferred) == (2, 1, 2)


def test_a_mail_whose_time_has_not_come_is_not_due() -> None:
    waiting(due_at=NOW + MINUTE)
    found = numbers()
    assert (found.due, found.later) == (0, 1)


def test_the_oldest_due_mail_is_one_that_could_leave_now() -> None:
    waiting(due_at=NOW - 7 * MINUTE)
    waiting(due_at=NOW - MINUTE)
    assert numbers().oldest_due_at == NOW - 7 * MINUTE
    OutgoingMail.objects.update(due_at=NOW + MINUTE)
    assert numbers().oldest_due_at is None


def test_what_was_sent_counts_for_a_day() -> None:
    sent(sent_at=NOW - DAY + MINUTE)
    sent(sent_at=NOW - DAY - MINUTE)
    assert numbers().sent == 1


def test_what_failed_counts_for_a_week_and_what_is_parked_until_somebody_looks() -> None:
    for state in ("bounced", "complained", "parked"):
        sent(state=state, first_due_at=NOW - 6 * DAY, sent_at=None)
        sent(state=state, first_due_at=NOW - 8 * DAY, sent_at=None)
    found = numbers()
    assert (found.bounced, found.complained, found.parked) == (1, 1, 2)


def test_only_mails_to_suppressed_addresses_are_called_suppressed() -> None:
    sent(state="dropped", error=smtp_replies.SUPPRESSED.error)
    sent(state="dropped", error=smtp_replies.NOTHING_TO_SAY.error)
    assert numbers().suppressed == 1


def test_lanes_and_letters_are_counted_apart() -> None:
    sent(lane="bulk")
    sent(topic="letter:2")
    sent()
    found = statistics.by_lane_and_topic(now=NOW + MINUTE)
    assert {place: one.sent for place, one in found.items()} == {
        ("bulk", TOPIC): 1,
        ("confirm", "letter:2"): 1,
        ("confirm", TOPIC): 1,
    }


def test_numbers_add_up_and_keep_the_oldest() -> None:
    one = Numbers(due=1, sent=2, oldest_due_at=NOW)
    other = Numbers(due=2, oldest_due_at=NOW - MINUTE)
    added = statistics.total([one, other, Numbers()])
    assert added == Numbers(due=3, sent=2, oldest_due_at=NOW - MINUTE)


def test_many_mails_cost_no_more_queries_than_one(django_assert_num_queries: Any) -> None:
    for number in range(5):
        sent(topic=f"letter:{number}")
        waiting(topic=f"letter:{number}")
        sent(state="parked", topic=f"letter:{number}")
    with django_assert_num_queries(3):
        statistics.by_lane_and_topic(now=NOW)


def test_a_mail_that_is_held_back_on_purpose_holds_nothing_up() -> None:
    waiting(due_at=NOW - 20 * MINUTE)
    waiting(due_at=NOW - 5 * MINUTE, topic="letter:2")
    waiting(due_at=NOW - 4 * MINUTE, topic="letter:2", lane="bulk")
    throttles.pause(TOPIC, cause=Throttle.Cause.BOUNCES, now=NOW)
    assert statistics.held_up_since(Lane.CONFIRM, now=NOW) == NOW - 5 * MINUTE
    throttles.release(TOPIC)
    assert statistics.held_up_since(Lane.CONFIRM, now=NOW) == NOW - 20 * MINUTE


def test_a_parked_mail_is_owed_afresh_with_all_its_tries() -> None:
    mail = sent(state="parked", attempts=8, error="SMTPDataError 451")
    assert dead_letters.try_again([mail.pk], now=NOW) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.due_at) == ("due", 0, NOW)


@pytest.mark.parametrize("state", ["due", "sent", "bounced", "complained", "dropped"])
def test_no_other_mail_is_tried_again(state: str) -> None:
    mail = sent(state=state, attempts=3)
    assert dead_letters.try_again([mail.pk, uuid4()], now=NOW) == 0
    assert state_of(mail) == state


def test_all_parked_mails_are_tried_again_so_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "MOST_AT_ONCE", 2)
    for _ in range(3):
        sent(state="parked")
    assert [dead_letters.try_all_again(now=NOW) for _ in range(3)] == [2, 1, 0]
    assert not dead_letters.newest()
