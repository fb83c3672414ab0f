"""One test per class of answer: what a mail and its domain get for it."""

from __future__ import annotations

import smtplib
import ssl
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery
from openletter.mail.transport import smtp_replies
from openletter.mail.transport.smtp_replies import RelayUnavailable, Verdict
from tests.mail.steps import owe


def at_recipient(code: int, said: str = "") -> smtplib.SMTPException:
    return smtplib.SMTPRecipientsRefused({"x": (code, said.encode())})


def at_text(code: int, said: str = "") -> smtplib.SMTPException:
    return smtplib.SMTPDataError(code, said.encode())


def at_sender(code: int, said: str = "") -> smtplib.SMTPException:
    return smtplib.SMTPSenderRefused(code, said.encode(), "letters@example.org")


LATER, SLOWER, NO, NO_ADDRESS = (
    ("due", False, False), ("due", True, False), ("bounced", False, False), ("bounced", False, True)
)  # fmt: skip
# What was said, and what it means: state, slow the domain down, is it the address that is refused.
REFUSALS = [
    (at_recipient(451, "4.2.0 greylisted"), LATER),
    (at_recipient(451, "4.7.1 Greylisting in action, please come back later"), LATER),
    (at_recipient(450, "4.7.1 Please try again later"), LATER),
    (at_recipient(450, "4.7.0 graylisted"), LATER),
    (at_text(452, "4.2.2 The recipient is over quota"), LATER),
    (at_text(451), LATER),
    (smtplib.SMTPServerDisconnected("gone"), LATER),
    (smtplib.SMTPNotSupportedError(), LATER),
    (TimeoutError(), LATER),
    (at_recipient(421, "try again later"), SLOWER),
    (at_text(421, "4.7.0 unusual rate"), SLOWER),
    (at_text(451, "4.7.0 too many messages"), SLOWER),
    (at_recipient(451, "4.7.650 The mail server has been temporarily rate limited"), SLOWER),
    (at_text(550, "5.7.28 unusual rate"), SLOWER),
    (at_recipient(550, "5.1.1 no such user"), NO_ADDRESS),
    (at_recipient(550, "5.1.10 RESOLVER.ADR.RecipientNotFound"), NO_ADDRESS),
    (at_text(550, "5.1.1 no such user"), NO_ADDRESS),
    (at_recipient(550, "User unknown"), NO_ADDRESS),
    (at_recipient(553, "no"), NO_ADDRESS),
    (at_text(554, "Transaction failed"), NO),
    (at_text(554, "5.7.1 spam"), NO),
    (at_recipient(550, "5.7.1 our policy"), NO),
    (at_recipient(552, "5.2.2 mailbox full"), NO),
    (at_recipient(550, "5.4.1 Recipient address rejected: Access denied"), NO),
    (at_text(554, "5.6.0 bad message"), NO),
    (at_sender(552, "5.3.4 message size exceeds fixed limit"), NO),
]


@pytest.mark.parametrize(("problem", "means"), REFUSALS)
def test_f10_f11_refusals_for_good_are_told_from_those_that_pass(
    problem: Exception, means: tuple[str, bool, bool]
) -> None:
    verdict = smtp_replies.judge(problem)
    assert (verdict.state, verdict.slow_domain, verdict.blames_address) == means


# What a relay says when it is about us or about today: no mail may be lost for it.
ABOUT_US = [
    (at_sender(550, "5.7.1 not yours"), True),
    (at_sender(553, "sorry"), True),
    (at_sender(530, "5.7.0 Authentication required"), True),
    (at_recipient(530, "Must issue a STARTTLS command first"), True),
    (at_recipient(550, "5.4.5 Daily user sending limit exceeded"), True),
    (at_text(550, "5.4.5 Daily sending quota exceeded"), True),
    (at_text(554, "Message rejected: Email address is not verified."), True),
    (at_recipient(554, "5.7.1 <suzie@example.org>: Relay access denied"), True),
    (at_recipient(550, "5.7.1 Relaying denied"), True),
    (at_recipient(550, "5.7.54 SMTP; Unable to relay recipient"), True),
    (at_text(550, "5.7.60 SMTP; Client does not have permissions to send as this sender"), True),
    (at_recipient(553, "5.7.1 <letters@example.org>: Sender address rejected"), True),
    (at_recipient(550, "5.1.8 <letters@example.org>: Domain not found"), True),
    (at_recipient(554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected"), True),
    (at_text(554, "Sending paused for this account."), True),
    (smtplib.SMTPAuthenticationError(535, b"5.7.8 no"), True),
    (smtplib.SMTPConnectError(554, b"no service"), True),
    (at_sender(421, "too many connections"), False),
    (at_sender(452, "4.3.1 Insufficient system storage"), False),
    (at_recipient(454, "Throttling failure: Maximum sending rate exceeded."), False),
    (at_text(454, "Throttling failure: Daily message quota exceeded."), False),
    (smtplib.SMTPConnectError(421, b"later"), False),
    (smtplib.SMTPAuthenticationError(454, b"4.7.0 temporary"), False),
]


@pytest.mark.parametrize(("problem", "refused"), ABOUT_US)
def test_f09_what_is_about_us_costs_no_mail_a_try_and_blames_no_address(
    problem: Exception, refused: bool
) -> None:
    with pytest.raises(RelayUnavailable) as raised:
        smtp_replies.judge(problem)
    assert raised.value.refused is refused
    assert "suzie" not in str(raised.value)


@pytest.mark.parametrize(
    ("problem", "refused"),
    [
        (ConnectionRefusedError(), False),
        (TimeoutError(), False),
        (smtplib.SMTPConnectError(421, b"later"), False),
        (smtplib.SMTPAuthenticationError(535, b"no"), True),
        (smtplib.SMTPNotSupportedError("no AUTH"), True),
        (ssl.SSLCertVerificationError(), True),
        (ImproperlyConfigured("no key"), True),
    ],
)
def test_a_relay_that_is_away_is_told_from_one_that_wants_something_put_right(
    problem: Exception, refused: bool
) -> None:
    assert smtp_replies.unavailable(problem).refused is refused


def test_an_answer_of_the_relay_is_not_repeated() -> None:
    problem = smtplib.SMTPRecipientsRefused({"x": (550, b"<suzie@example.org> unknown")})
    assert "suzie" not in smtp_replies.judge(problem).error


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
    assert smtp_replies.is_about_the_connection(problem) is broken


def test_waits_grow_with_the_tries_and_end_in_parking() -> None:
    for tries, minutes in enumerate((1, 2, 5, 15, 60, 240, 240), start=1):
        wait = delivery.RETRY.after(tries)
        assert wait is not None
        assert minutes * 0.8 <= wait / timedelta(minutes=1) <= minutes * 1.2
    assert delivery.RETRY.after(8) is None


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
