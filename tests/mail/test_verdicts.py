"""One test per class of answer: what a mail and its domain get for it."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from openletter.mail import delivery, slowdown, verdicts
from openletter.mail.models import DomainPause, OutgoingMail
from openletter.mail.verdicts import Verdict
from tests.mail.test_outbox import owe, states

REFUSALS = [
    (smtplib.SMTPRecipientsRefused({"x": (550, b"5.1.1 no such user")}), "bounced", False),
    (smtplib.SMTPDataError(554, b"5.7.1 spam"), "bounced", False),
    (smtplib.SMTPRecipientsRefused({"x": (451, b"4.2.0 greylisted")}), "due", False),
    (smtplib.SMTPDataError(452, b"4.2.2 full"), "due", False),
    (smtplib.SMTPRecipientsRefused({"x": (421, b"try again later")}), "due", True),
    (smtplib.SMTPDataError(451, b"4.7.0 too many messages"), "due", True),
    (smtplib.SMTPDataError(550, b"5.7.28 unusual rate"), "due", True),
    (smtplib.SMTPServerDisconnected("gone"), "due", False),
    (smtplib.SMTPNotSupportedError(), "due", False),
]


@pytest.mark.parametrize(("problem", "state", "slows"), REFUSALS)
def test_f10_f11_refusals_for_good_are_told_from_those_that_pass(
    problem: smtplib.SMTPException, state: str, slows: bool
) -> None:
    verdict = verdicts.judge(problem)
    assert (verdict.state, verdict.slow_domain) == (state, slows)


def test_an_answer_of_the_relay_is_not_repeated() -> None:
    problem = smtplib.SMTPRecipientsRefused({"x": (550, b"<suzie@example.org> unknown")})
    assert "suzie" not in verdicts.judge(problem).error


@pytest.mark.parametrize(
    ("problem", "broken"),
    [
        (smtplib.SMTPServerDisconnected(), True),
        (TimeoutError(), True),
        (smtplib.SMTPDataError(421, b"bye"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no")}), False),
    ],
)
def test_f12_a_broken_connection_is_told_from_a_refusal(problem: Exception, broken: bool) -> None:
    assert verdicts.is_about_the_connection(problem) is broken


def test_waits_grow_with_the_tries_and_end_in_parking() -> None:
    for tries, minutes in enumerate((1, 2, 5, 15, 60, 240, 240), start=1):
        wait = verdicts.wait_after(tries)
        assert wait is not None
        assert minutes * 0.8 <= wait / timedelta(minutes=1) <= minutes * 1.2
    assert verdicts.wait_after(8) is None


@pytest.mark.django_db
def test_a_mail_is_parked_after_eight_tries_with_its_reason() -> None:
    owe()
    for _ in range(8):
        mail = OutgoingMail.objects.get()
        delivery.record(
            mail, Verdict(OutgoingMail.State.DUE, "SMTPDataError 451"), now=timezone.now()
        )
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.attempts, mail.error) == ("parked", 8, "SMTPDataError 451")


@pytest.mark.django_db
def test_one_421_is_chance_and_the_second_slows_the_domain_down() -> None:
    now = timezone.now()
    slow = Verdict(OutgoingMail.State.DUE, "421", slow_domain=True)
    untils = []
    for _ in range(8):
        slowdown.learn("big.example.org", slow, struck=set(), now=now)
        untils.append((DomainPause.objects.get().until - now) / timedelta(minutes=1))
    assert untils == [0, 1, 2, 4, 8, 16, 32, 60]
    slowdown.learn("big.example.org", verdicts.SENT, struck={"big.example.org"}, now=now)
    assert not DomainPause.objects.exists()


@pytest.mark.django_db
def test_mails_to_a_slowed_domain_wait_and_others_go() -> None:
    owe()
    owe()
    slowed, _other = OutgoingMail.objects.order_by("pk")
    OutgoingMail.objects.filter(pk=slowed.pk).update(recipient_domain="big.example.org")
    DomainPause.objects.create(
        domain="big.example.org", until=timezone.now() + timedelta(minutes=5)
    )
    delivery.deliver_due("confirm")
    assert states() == ["due", "sent"]
