"""What a report changes, and when the reports on a letter's mails pause them (F11, F25)."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from openletter.alarms.models import Alarm
from openletter.lib.ids import uuid7
from openletter.mail.feedback import delivery_events
from openletter.mail.feedback.delivery_events import Kind, Outcome, Report
from openletter.mail.limits import throttles
from openletter.mail.models import MailEvent, OutgoingMail, SuppressedAddress, Throttle
from openletter.mail.monitoring import reputation
from openletter.mail.outbox import claims, delivery, messages, suppression
from openletter.mail.transport import circuit_breaker
from tests.mail.outgoing import TOPIC, outgoing, sent, state_of

pytestmark = pytest.mark.django_db


def reported(mail_id: UUID | None, kind: Kind, *, event_id: str = "", **more: Any) -> Outcome:
    report = Report("generic", event_id or uuid7().hex, kind, mail_id=mail_id, **more)
    return delivery_events.apply(report, now=timezone.now())


def suppressions() -> list[tuple[str, str]]:
    return list(SuppressedAddress.objects.order_by("topic").values_list("topic", "reason"))


def test_a_hard_bounce_suppresses_the_address_for_that_letter_alone() -> None:
    mail, same, other = sent(), sent(), sent(topic="letter:2")
    reported(mail.pk, Kind.HARD_BOUNCE)
    assert suppressions() == [(TOPIC, "bounce")]
    assert suppression.suppressed_among([same, other]) == {same.pk}


def test_a_complaint_suppresses_the_address_for_everything() -> None:
    mail, other = sent(), sent(topic="letter:2")
    reported(mail.pk, Kind.COMPLAINT)
    assert suppression.suppressed_among([other]) == {other.pk}


def test_a_soft_bounce_is_recorded_and_changes_nothing() -> None:
    mail = sent()
    reported(mail.pk, Kind.SOFT_BOUNCE)
    assert (state_of(mail), suppressions()) == ("sent", [])
    assert MailEvent.objects.get().kind == "soft_bounce"


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.WITHHELD])
def test_a_refusal_for_our_sake_does_not_blame_the_address(kind: Kind) -> None:
    mail = sent()
    reported(mail.pk, kind)
    assert (state_of(mail), suppressions()) == ("bounced", [])


def test_a_report_that_comes_twice_counts_once() -> None:
    mail = sent()
    outcomes = [reported(mail.pk, Kind.SOFT_BOUNCE, event_id="same") for _ in range(2)]
    assert outcomes == ["applied", "repeated"]


def test_two_providers_may_use_the_same_id_for_different_things() -> None:
    mail = sent()
    reported(mail.pk, Kind.SOFT_BOUNCE, event_id="1")
    other = Report("postmark", "1", Kind.HARD_BOUNCE, mail_id=mail.pk)
    assert delivery_events.apply(other, now=timezone.now()) == "applied"


def test_a_report_on_an_unknown_mail_leaves_no_trace() -> None:
    assert reported(uuid7(), Kind.COMPLAINT) == "unknown"
    assert reported(None, Kind.COMPLAINT, recipient="nobody@example.org") == "unknown"
    assert not MailEvent.objects.exists()


def test_a_recipient_is_recognised_in_every_spelling_but_only_for_three_days() -> None:
    mail = sent(recipient="suzie.s@gmail.com")
    assert reported(None, Kind.SOFT_BOUNCE, recipient="SuzieS@googlemail.com") == "applied"
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now() - timedelta(days=4))
    assert reported(None, Kind.SOFT_BOUNCE, recipient="suzies@gmail.com") == "unknown"


def test_a_complaint_after_a_bounce_still_stops_all_mail() -> None:
    mail = sent()
    reported(mail.pk, Kind.HARD_BOUNCE)
    reported(mail.pk, Kind.COMPLAINT)
    assert (state_of(mail), suppressions()) == ("bounced", [("", "complaint"), (TOPIC, "bounce")])


def test_a_report_from_the_future_is_dated_now() -> None:
    mail = sent()
    reported(mail.pk, Kind.SOFT_BOUNCE, at=timezone.now() + timedelta(days=365))
    assert MailEvent.objects.get().at <= timezone.now()


STATUSES = [
    ("smtp; 550 5.1.1 <x>... User unknown", "hard_bounce"),
    ("5.0.0", "hard_bounce"),
    ("550 5.4.4 host not found", "soft_bounce"),
    ("552 5.2.2 mailbox full", "soft_bounce"),
    ("554 5.7.1 relay access denied", "refused"),
    ("554 5.6.0 content", "refused"),
    ("4.4.7 expired", "soft_bounce"),
    ("2.0.0 ok", None),
    ("550 no code, from 192.0.2.5.1.1", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "kind"), STATUSES)
def test_an_enhanced_status_code_says_what_happened(text: str, kind: str | None) -> None:
    assert delivery_events.kind_of_status(text) == kind


def test_old_reports_are_forgotten_and_young_ones_kept() -> None:
    mail = sent()
    for days, event_id in ((31, "old"), (29, "young")):
        reported(mail.pk, Kind.SOFT_BOUNCE, event_id=event_id)
        MailEvent.objects.filter(event_id=event_id).update(at=timezone.now() - timedelta(days=days))
    assert delivery_events.forget_old(now=timezone.now()) == 1
    assert MailEvent.objects.get().event_id == "young"


class Refusing:
    """A connection to a relay that refuses every mail."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def open(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def send_messages(self, _messages: object) -> int:
        raise self.problem


REFUSALS = [
    (smtplib.SMTPRecipientsRefused({"x": (550, b"5.1.1 no such user")}), "bounced", True),
    (smtplib.SMTPRecipientsRefused({"x": (550, b"mailbox unavailable")}), "bounced", True),
    (smtplib.SMTPDataError(550, b"not this text"), "bounced", False),
    (smtplib.SMTPDataError(554, b"5.7.1 looks like spam"), "bounced", False),
    (smtplib.SMTPRecipientsRefused({"x": (552, b"5.2.2 mailbox full")}), "bounced", False),
    (smtplib.SMTPRecipientsRefused({"x": (451, b"greylisted")}), "due", False),
]


@pytest.mark.parametrize(("problem", "state", "suppresses"), REFUSALS)
def test_f11_the_relays_refusal_for_good_is_a_report_like_any_other(
    problem: Exception, state: str, suppresses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit_breaker, "get_connection", lambda: Refusing(problem))
    monkeypatch.setattr(messages, "compose", lambda _mail: object())
    mail = sent(state="due")
    delivery.deliver_due("confirm")
    assert state_of(mail) == state
    assert MailEvent.objects.exists() is (state == "bounced")
    assert suppressions() == ([(TOPIC, "bounce")] if suppresses else [])


def letter_with(sent_mails: int, *, ago: timedelta = timedelta(hours=1)) -> list[OutgoingMail]:
    at = timezone.now() - ago
    return OutgoingMail.objects.bulk_create(
        [outgoing(recipient=f"s{n}@example.org", sent_at=at) for n in range(sent_mails)]
    )


def causes() -> list[tuple[str, str]]:
    return list(Throttle.objects.values_list("key", "cause"))


def test_f25_more_than_five_percent_of_hard_bounces_pause_the_letter_and_say_why() -> None:
    for mail in letter_with(1000)[:60]:
        reported(mail.pk, Kind.HARD_BOUNCE)
    reputation.watch(now=timezone.now())
    assert causes() == [(TOPIC, "bounces")]
    text = Alarm.objects.get().text
    assert "1000" in text
    assert "60" in text
    assert "5%" in text


def test_f25_a_paused_letters_mails_wait_and_others_leave() -> None:
    for mail in letter_with(100)[:6]:
        reported(mail.pk, Kind.HARD_BOUNCE)
    reputation.watch(now=timezone.now())
    waiting = sent(state="due", recipient="new@example.org")
    leaving = sent(state="due", recipient="new@example.org", topic="letter:2")
    claimed = {mail.pk for mail in claims.claim("confirm")}
    assert claimed == {leaving.pk}
    assert state_of(waiting) == "due"


NOT_YET = [
    ("five percent", 100, [Kind.HARD_BOUNCE] * 5),
    ("too few mails", 99, [Kind.HARD_BOUNCE] * 50),
    ("soft bounces", 100, [Kind.SOFT_BOUNCE] * 50),
    ("withheld", 100, [Kind.WITHHELD] * 50),
    ("one complaint", 100, [Kind.COMPLAINT]),
    ("a thousandth", 2000, [Kind.COMPLAINT] * 2),
]


@pytest.mark.slow
@pytest.mark.parametrize(("_why", "number", "kinds"), NOT_YET)
def test_f25_what_is_not_too_much_pauses_nothing(_why: str, number: int, kinds: list[Kind]) -> None:
    for mail, kind in zip(letter_with(number), kinds, strict=False):
        reported(mail.pk, kind)
    reputation.watch(now=timezone.now())
    assert causes() == []
    assert not Alarm.objects.exists()


@pytest.mark.slow
def test_f25_more_than_a_thousandth_of_complaints_pause_the_letter() -> None:
    for mail in letter_with(1999)[:2]:
        reported(mail.pk, Kind.COMPLAINT)
    reputation.watch(now=timezone.now())
    assert causes() == [(TOPIC, "complaints")]
    assert "0.1%" in Alarm.objects.get().text


def test_f25_refusals_by_the_relay_count_too() -> None:
    letter_with(94)
    for n in range(6):
        refused = outgoing("bounced", recipient=f"r{n}@example.org", sent_at=None)
        refused.save(force_insert=True)
        delivery_events.refused(refused, blames_address=True, now=timezone.now())
    reputation.watch(now=timezone.now())
    assert causes() == [(TOPIC, "bounces")]


@pytest.mark.slow
def test_f25_mails_of_the_day_before_yesterday_do_not_count() -> None:
    for mail in letter_with(200, ago=timedelta(hours=25))[:20]:
        reported(mail.pk, Kind.HARD_BOUNCE)
    letter_with(100)
    reputation.watch(now=timezone.now())
    assert causes() == []


def test_f25_one_mail_that_bounces_for_several_reporters_is_one_bounce() -> None:
    for mail in letter_with(100)[:3]:
        for event_id in ("a", "b"):
            reported(mail.pk, Kind.HARD_BOUNCE, event_id=f"{mail.pk}:{event_id}")
    reputation.watch(now=timezone.now())
    assert causes() == []


def test_f25_what_a_person_lets_go_on_is_judged_by_what_leaves_from_then_on() -> None:
    for mail in letter_with(100)[:6]:
        reported(mail.pk, Kind.HARD_BOUNCE)
    reputation.watch(now=timezone.now())
    throttles.release(TOPIC)
    for _ in range(2):
        reputation.watch(now=timezone.now())
    assert causes() == []
    assert Alarm.objects.get().resolved_at is not None
    for mail in letter_with(100, ago=timedelta())[:6]:
        reported(mail.pk, Kind.HARD_BOUNCE)
    reputation.watch(now=timezone.now())
    assert causes() == [(TOPIC, "bounces")]


def test_f25_a_pause_by_hand_keeps_its_cause_and_raises_nothing() -> None:
    for mail in letter_with(100)[:6]:
        reported(mail.pk, Kind.HARD_BOUNCE)
    throttles.pause(TOPIC, cause=Throttle.Cause.STAFF, now=timezone.now())
    reputation.watch(now=timezone.now())
    assert causes() == [(TOPIC, "staff")]
    assert not Alarm.objects.exists()
