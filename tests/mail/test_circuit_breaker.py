"""F09: a relay that takes no mail, or dies over it, costs no mail a try that it can be spared."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from openletter.mail.models import OutgoingMail, SentInMinute, SuppressedAddress
from openletter.mail.outbox import delivery, messages
from openletter.mail.transport import smtp_replies
from tests.mail.saying_relay import SayingRelay
from tests.mail.steps import owe, states

pytestmark = pytest.mark.django_db


def tries() -> list[int]:
    return list(OutgoingMail.objects.order_by("pk").values_list("attempts", flat=True))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("MAIL", "550 5.7.1 not yours"),
        ("MAIL", "421 too many connections"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("DATA", "550 5.4.5 Daily user sending limit exceeded"),
        ("DATA", "554 Message rejected: Email address is not verified."),
    ],
)
def test_a_relay_that_refuses_us_costs_no_try_and_blames_nobody(
    relay: SayingRelay, command: str, said: str
) -> None:
    relay.say(command, said)
    for _ in range(3):
        owe()
    assert delivery.deliver_due("confirm") == 0
    assert (states(), tries()) == (["due"] * 3, [0] * 3)
    assert not OutgoingMail.objects.filter(lease_until__isnull=False).exists()
    assert not SuppressedAddress.objects.exists()


def test_the_mail_in_hand_says_what_the_relay_said_and_when(relay: SayingRelay) -> None:
    relay.say("MAIL", "550 5.7.1 not yours")
    owe()
    delivery.deliver_due("confirm")
    mail = OutgoingMail.objects.get()
    assert mail.error == f"{smtp_replies.REFUSES} (SMTPSenderRefused 550)"
    assert mail.tried_at is not None
    assert mail.due_at <= timezone.now()


def test_a_mail_that_the_relay_spoke_about_does_not_stand_in_the_way_of_others(
    relay: SayingRelay,
) -> None:
    relay.say("RCPT", "554 Message rejected: Email address is not verified.")
    for _ in range(3):
        owe()
    delivery.deliver_due("confirm")
    assert delivery.deliver_due("confirm") == 2
    assert states() == ["due", "sent", "sent"]


def test_a_text_that_is_too_big_is_refused_alone(relay: SayingRelay) -> None:
    relay.say("MAIL", "552 5.3.4 message size exceeds fixed limit")
    owe()
    owe()
    assert delivery.deliver_due("confirm") == 1
    assert states() == ["bounced", "sent"]


def test_a_relay_that_dies_over_every_text_takes_a_try_from_a_few_only(
    relay: SayingRelay,
) -> None:
    relay.breaks = 100
    for _ in range(8):
        owe()
    assert delivery.deliver_due("confirm") == 0
    assert tries() == [1] * 5 + [0] * 3
    assert not delivery.relay.may_try()


def test_a_relay_that_dies_now_and_then_is_trusted_again(relay: SayingRelay) -> None:
    relay.breaks = 4
    for _ in range(6):
        owe()
    assert delivery.deliver_due("confirm") == 2
    assert delivery.relay.may_try()


# --- A relay that takes its time ----------------------------------------------------------------


@pytest.mark.slow
def test_no_mail_is_begun_that_may_not_end_in_time(
    relay: SayingRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LONGEST_RUN_SECONDS", 0.5)
    relay.pause = 0.3
    for _ in range(5):
        owe()
    sent = delivery.deliver_due("confirm")
    assert 1 <= sent < 5
    assert tries() == [1] * sent + [0] * (5 - sent)
    assert not OutgoingMail.objects.filter(lease_until__isnull=False).exists()


def test_f09_a_relay_slower_than_the_timeout_costs_each_mail_one_try(
    relay: SayingRelay, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    relay.pause = 1
    owe()
    owe()
    assert delivery.deliver_due("confirm") == 0
    assert tries() == [1, 1]
    assert set(OutgoingMail.objects.values_list("error", flat=True)) == {"SMTPServerDisconnected"}


@contextmanager
def soft_time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs after so long, the way Celery does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGUSR1, interrupt)
    timer = threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGUSR1])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.slow
def test_a_mail_that_the_time_limit_interrupts_counts_as_tried_and_the_others_do_not(
    relay: SayingRelay, settings: Any
) -> None:
    settings.MAILS_PER_DAY = 100
    relay.pause = 2
    for _ in range(3):
        owe()
    with soft_time_limit(0.7):
        assert delivery.deliver_due("confirm") == 0
    assert (states(), tries()) == (["due"] * 3, [1, 0, 0])
    assert OutgoingMail.objects.earliest("pk").error == smtp_replies.TOO_SLOW.error
    assert not OutgoingMail.objects.filter(lease_until__isnull=False).exists()
    assert SentInMinute.objects.get().number == 1


def test_the_time_limit_makes_no_mail_one_that_cannot_be_composed(
    relay: SayingRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_mail: OutgoingMail) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(messages, "compose", interrupted)
    owe()
    assert delivery.deliver_due("confirm") == 0
    mail = OutgoingMail.objects.get()
    assert (mail.attempts, mail.error, mail.lease_until) == (0, "", None)
