"""The outbox: owed once, claimed by one worker, sent and recorded one by one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import claims, delivery, messages
from openletter.mail.transport import circuit_breaker
from openletter.mail.transport.smtp_replies import Verdict
from tests.factories import make_signature
from tests.mail.outgoing import claim_at
from tests.mail.steps import caught, owe, states

pytestmark = pytest.mark.django_db


def test_a_mail_is_owed_once_whoever_asks_again() -> None:
    signature = make_signature()
    owe(signature, key="same")
    owe(signature, key="same")
    assert OutgoingMail.objects.count() == 1


def test_a_due_mail_reaches_its_recipient_over_smtp(mailbox: Path) -> None:
    signature = make_signature(email="Suzie+x@example.org")
    owe(signature)
    assert delivery.deliver_due("confirm") == 1
    (message,) = caught(mailbox)
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert message["X-Envelope-To"] == "Suzie+x@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert text is not None
    assert html is not None
    assert "/confirm/" in text.get_content()
    assert "/confirm/" in html.get_content()
    assert states() == ["sent"]


def test_i7_copies_carry_the_same_link_code_and_message_id(mailbox: Path) -> None:
    owe()
    for _ in range(2):
        delivery.deliver_due("confirm")
        OutgoingMail.objects.update(state="due", lease_until=None)
    one, other = caught(mailbox)
    assert one["Message-ID"] == other["Message-ID"]
    bodies = [message.get_body(("plain",)) for message in (one, other)]
    assert bodies[0] is not None
    assert bodies[1] is not None
    assert bodies[0].get_content() == bodies[1].get_content()


def test_t06_a_mail_repeats_nothing_that_the_signer_typed(mailbox: Path) -> None:
    owe(make_signature(name="Buyat Cheap", affiliation="Spam Inc", comment="Cheap pills"))
    delivery.deliver_due("confirm")
    raw = next(iter(mailbox.glob("*.eml"))).read_text()
    assert not any(word in raw for word in ("Buyat", "Spam", "pills"))


def test_f08_a_mail_about_something_that_is_gone_is_dropped() -> None:
    owe(about=uuid7())
    delivery.deliver_due("confirm")
    assert states() == ["dropped"]


def test_t59_a_mail_about_something_that_is_gone_keeps_no_address() -> None:
    owe(about=uuid7())
    delivery.deliver_due("confirm")
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.recipient_domain) == ("", "")


def test_a_claimed_mail_is_nobody_elses_until_its_lease_runs_out() -> None:
    owe()
    now = timezone.now()
    assert len(claim_at("confirm", now)) == 1
    assert claim_at("confirm", now) == []
    assert len(claim_at("confirm", now + timedelta(seconds=61))) == 1


def test_mails_leave_in_the_order_they_became_due_and_by_their_own_lane() -> None:
    for _ in range(3):
        owe()
    OutgoingMail.objects.filter(pk=OutgoingMail.objects.latest("pk").pk).update(
        due_at=timezone.now() - timedelta(hours=1)
    )
    claimed = [mail.pk for mail in claims.claim("confirm")]
    expected = OutgoingMail.objects.order_by("due_at", "pk").values_list("pk", flat=True)
    assert claimed == list(expected)
    assert claims.claim("bulk") == []


def test_f24_a_mail_that_cannot_be_composed_stops_no_other(
    mailbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = messages.compose

    def broken_for_the_second(mail: OutgoingMail) -> EmailMultiAlternatives | None:
        if mail.dedupe_key == "broken":
            raise RuntimeError("template error")
        return compose(mail)

    monkeypatch.setattr(messages, "compose", broken_for_the_second)
    for key in ("first", "broken", "third"):
        owe(key=key)
    assert delivery.deliver_due("confirm") == 2
    assert states() == ["sent", "due", "sent"]
    assert OutgoingMail.objects.get(dedupe_key="broken").attempts == 1


def test_f09_a_relay_that_is_away_costs_no_try_and_loses_nothing(mailbox: Path) -> None:
    owe()
    with override_settings(EMAIL_PORT=1):
        assert delivery.deliver_due("confirm") == 0
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.attempts, mail.lease_until) == ("due", 0, None)
    assert delivery.deliver_due("confirm") == 1


def test_a_batch_goes_over_one_connection(mailbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    get_connection = django_mail.get_connection

    def counted() -> Any:
        opened.append(1)
        return get_connection()

    monkeypatch.setattr(circuit_breaker, "get_connection", counted)
    for _ in range(5):
        owe()
    assert delivery.deliver_due("confirm") == 5
    assert len(opened) == 1


def test_a_record_of_somebody_else_is_not_overwritten() -> None:
    owe()
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.update(state="sent", sent_at=timezone.now())
    delivery.record(mail, Verdict(OutgoingMail.State.DUE, "late"), now=timezone.now())
    assert states() == ["sent"]
