"""Alarms of delivery: raised once, and called off by themselves when they are over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.letters.models import Letter
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.operations import delivery_alarms, tasks
from openletter.signatures.models import Signature
from tests.mail.outgoing import TOPIC, sent
from tests.operations.steps import attempts

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def asked(letter: Letter, domain: str, number: int, confirmed: int) -> None:
    attempts(letter, domain, number, confirmed=confirmed, at=NOW - HOUR)


def raised() -> list[tuple[str, str]]:
    return list(Alarm.objects.filter(resolved_at=None).values_list("kind", "key"))


def watch() -> list[tuple[str, str]]:
    delivery_alarms.watch(now=NOW)
    return raised()


def test_a_domain_far_below_the_others_raises_an_alarm_once(letter: Letter) -> None:
    asked(letter, "lost.example", 50, 19)
    asked(letter, "well.example", 100, 80)
    for _ in range(3):
        assert watch() == [(delivery_alarms.DOMAIN_ALARM, "lost.example")]
    alarm = Alarm.objects.get()
    assert "50 people with an address at lost.example, only 38% confirmed" in alarm.text
    assert "of all others, 80% did" in alarm.text


@pytest.mark.parametrize(
    ("number", "confirmed", "others"),
    [
        (50, 20, 100),  # exactly half
        (49, 0, 100),  # too few to say
        (50, 0, 49),  # too few others to compare with
    ],
)
def test_no_alarm_without_need(letter: Letter, number: int, confirmed: int, others: int) -> None:
    asked(letter, "perhaps.example", number, confirmed)
    asked(letter, "well.example", others, round(others * 0.8))
    assert watch() == []


def test_the_alarm_of_a_domain_is_over_when_it_recovers_and_not_when_it_wavers(
    letter: Letter,
) -> None:
    asked(letter, "lost.example", 60, 20)
    asked(letter, "well.example", 100, 90)
    assert len(watch()) == 1
    some = Signature.objects.filter(email_domain="lost.example", confirmed_at=None)
    some.filter(pk__in=list(some.values_list("pk", flat=True)[:10])).update(confirmed_at=NOW)
    assert len(watch()) == 1  # 50 % of 90 %: better than half, and not yet well
    some.update(confirmed_at=NOW)
    assert watch() == []


def test_the_alarm_of_a_domain_that_nobody_writes_to_any_more_is_over(letter: Letter) -> None:
    asked(letter, "lost.example", 60, 0)
    asked(letter, "well.example", 100, 90)
    assert len(watch()) == 1
    Signature.objects.update(created_at=NOW - 25 * HOUR)
    assert watch() == []


def test_mail_that_stands_still_raises_an_alarm_until_it_leaves() -> None:
    mail = sent(state="due", due_at=NOW - 9 * MINUTE)
    assert watch() == []
    OutgoingMail.objects.update(due_at=NOW - 11 * MINUTE)
    for _ in range(2):
        assert watch() == [(delivery_alarms.QUEUE_ALARM, "confirm")]
    OutgoingMail.objects.filter(pk=mail.pk).update(state="sent", sent_at=NOW)
    assert watch() == []
    assert Alarm.objects.get().resolved_at is not None


def test_bulk_mail_and_mail_that_is_held_back_may_wait() -> None:
    sent(state="due", due_at=NOW - HOUR, lane="bulk", topic="letter:2")
    sent(state="due", due_at=NOW - HOUR)
    throttles.pause(TOPIC, cause=Throttle.Cause.COMPLAINTS, now=NOW)
    assert watch() == []


def test_an_alarm_reaches_the_operator_by_mail_once(settings: Any) -> None:
    settings.ALARM_EMAIL = "operator@example.org"
    sent(state="due", due_at=NOW - HOUR)
    tasks.watch_delivery()
    delivery_alarms.watch(now=timezone.now() + MINUTE)
    assert OutgoingMail.objects.filter(kind="mail.alarm").count() == 1


def test_an_alarm_longer_than_its_field_is_cut_and_not_lost() -> None:
    assert alarms.raise_alarm("test", "", "x" * 1000, NOW)
    assert len(Alarm.objects.get().text) == 500
