"""Alarms about sending: raised once, and called off by themselves when they are over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.mail.models import OutgoingMail
from openletter.mail.monitoring import failure_alarms
from openletter.mail.outbox import dead_letters, delivery
from openletter.operations import delivery_alarms
from tests.mail.outgoing import sent
from tests.mail.saying_relay import SayingRelay
from tests.mail.steps import owe

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = timedelta(minutes=1)
PARKED = (failure_alarms.GIVEN_UP, "")
FAILING = (failure_alarms.FAILING, "confirm")


def raised(now: Any = None) -> list[tuple[str, str]]:
    """Watch once, and return the alarms that are open then."""
    delivery_alarms.watch(now=now or timezone.now())
    return list(Alarm.objects.filter(resolved_at=None).values_list("kind", "key"))


def failing(number: int, **fields: Any) -> None:
    for _ in range(number):
        sent(
            **{
                "state": "due",
                "due_at": NOW + 5 * MINUTE,
                "attempts": 2,
                "tried_at": NOW - MINUTE,
                "error": "SMTPDataError 451",
                **fields,
            }
        )


# --- A relay that refuses us --------------------------------------------------------------------


def test_a_relay_that_refuses_us_is_told_with_what_it_said(relay: SayingRelay) -> None:
    relay.say("MAIL", "550 5.7.1 not yours")
    owe()
    delivery.deliver_due("confirm")
    for _ in range(2):
        assert raised() == [(failure_alarms.REFUSED, "")]
    assert "refuses our mail: SMTPSenderRefused 550." in Alarm.objects.get().text


def test_a_relay_that_takes_the_mail_again_ends_the_alarm(relay: SayingRelay) -> None:
    relay.say("MAIL", "550 5.7.1 not yours")
    owe()
    delivery.deliver_due("confirm")
    assert raised() == [(failure_alarms.REFUSED, "")]
    delivery.deliver_due("confirm")
    assert raised() == []


def test_a_relay_that_refused_us_ten_minutes_ago_and_was_not_asked_since_is_no_alarm() -> None:
    failing(1, attempts=0, tried_at=NOW - 11 * MINUTE, error="the relay refuses our mail (x 550)")
    assert raised(NOW) == []


def test_a_relay_that_is_only_away_is_left_to_the_alarm_of_the_queue(
    relay: SayingRelay, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    owe()
    delivery.deliver_due("confirm")
    assert raised() == []
    OutgoingMail.objects.update(due_at=timezone.now() - 11 * MINUTE)
    assert raised() == [(delivery_alarms.QUEUE_ALARM, "confirm")]


# --- Tries that fail ----------------------------------------------------------------------------


def test_most_mails_that_fail_raise_an_alarm_long_before_they_are_given_up() -> None:
    failing(3)
    sent(sent_at=NOW - 2 * MINUTE)
    for _ in range(2):
        assert raised(NOW) == [FAILING]
    assert "lane confirm" in Alarm.objects.get().text
    assert "most recently with: SMTPDataError 451." in Alarm.objects.get().text


@pytest.mark.parametrize(
    "fields",
    [
        {"attempts": 1},  # greylisting
        {"tried_at": NOW - 61 * MINUTE},
        {"state": "sent", "sent_at": NOW},
        {"lane": "bulk", "state": "dropped"},
    ],
)
def test_what_failed_once_or_long_ago_or_got_through_raises_none(fields: dict[str, Any]) -> None:
    failing(5, **fields)
    assert raised(NOW) == []


@pytest.mark.parametrize(("failed", "left"), [(2, 0), (4, 4)])
def test_two_mails_that_fail_are_no_alarm_and_no_more_is_a_half(failed: int, left: int) -> None:
    failing(failed)
    for _ in range(left):
        sent(sent_at=NOW - MINUTE)
    assert raised(NOW) == []


def test_a_small_share_that_fails_is_no_alarm_and_ends_one_but_does_not_waver() -> None:
    failing(4)
    assert raised(NOW) == [FAILING]
    for _ in range(6):
        sent(sent_at=NOW - MINUTE)
    assert raised(NOW) == [FAILING]  # 40 %: better than half, and not yet well
    for _ in range(4):
        sent(sent_at=NOW - MINUTE)
    assert raised(NOW) == []


def test_each_lane_is_judged_by_itself() -> None:
    failing(3, lane="bulk")
    for _ in range(9):
        sent(sent_at=NOW - MINUTE)
    assert raised(NOW) == [(failure_alarms.FAILING, "bulk")]


def test_a_relay_that_dies_over_every_text_is_told(relay: SayingRelay) -> None:
    relay.breaks = 100
    for _ in range(4):
        owe()
    for _ in range(2):
        delivery.relay.errors = 0  # as after the thirty seconds that it is left in peace
        delivery.deliver_due("confirm")
        OutgoingMail.objects.update(due_at=timezone.now())
    assert raised() == [FAILING]


# --- Mail that was given up ---------------------------------------------------------------------


def test_mail_that_was_given_up_raises_an_alarm_until_it_is_tried_again() -> None:
    sent(state="parked", tried_at=NOW - MINUTE, error="SMTPDataError 451")
    for _ in range(2):
        assert raised(NOW) == [PARKED]
    assert "most recently with: SMTPDataError 451." in Alarm.objects.get().text
    dead_letters.try_all_again(now=NOW)
    assert raised(NOW) == []


def test_what_a_person_has_seen_and_left_is_not_told_again_and_what_is_new_is() -> None:
    sent(state="parked", tried_at=NOW - MINUTE)
    assert raised(NOW) == [PARKED]
    alarms.resolve(*PARKED, NOW)
    assert raised(NOW + MINUTE) == []
    sent(state="parked", tried_at=NOW + 2 * MINUTE)
    assert raised(NOW + 3 * MINUTE) == [PARKED]
