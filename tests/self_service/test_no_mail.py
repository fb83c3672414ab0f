"""`/s/<token>/` says when its owner gets no mail, and lets them take back that they stopped it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.models import SuppressedAddress
from openletter.mail.outbox import delivery
from openletter.self_service import mail_choices
from openletter.signatures.models import Signature
from tests.factories import make_published, make_signature
from tests.self_service.steps import look, mine, press

pytestmark = pytest.mark.django_db
R = SuppressedAddress.Reason
GET_MAIL = "/get-mail/"


@pytest.fixture
def stopped(letter: Letter) -> Signature:
    signature = make_published(letter, wants_updates=True)
    mail_choices.stop_all_mail(signature, now=timezone.now())
    return signature


def suppress(signature: Signature, reason: R, topic: str = "") -> None:
    SuppressedAddress.objects.create(
        email_key=signature.email_key, topic=topic, reason=reason, at=timezone.now()
    )


def test_who_stopped_all_mail_is_told_so_and_nothing_else_about_mail(stopped: Signature) -> None:
    page = look(stopped)
    assert "You have stopped all e-mails from this site." in page
    assert GET_MAIL in page
    assert "You get news" not in page
    assert "stop-updates" not in page


def test_the_button_lets_mail_through_again(stopped: Signature, mailoutbox: list[Any]) -> None:
    answer = press(stopped, "get-mail/")
    assert (answer.status_code, answer["Location"]) == (302, mine(stopped, "?done=get-mail"))
    assert not SuppressedAddress.objects.exists()
    assert "This site may write to you again." in Client().get(answer["Location"]).content.decode()
    assert GET_MAIL not in look(stopped)
    press(stopped, "withdraw/")
    delivery.deliver_due("confirm")
    assert [message.to for message in mailoutbox][-1:] == [[stopped.email]]


def test_t01_only_the_button_does(stopped: Signature) -> None:
    client = Client()
    assert client.get(mine(stopped, "get-mail/")).status_code == 405
    answer = client.post(mine(stopped, "get-mail/"), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert SuppressedAddress.objects.count() == 1


def test_twice_does_no_harm(stopped: Signature) -> None:
    for _ in range(2):
        assert press(stopped, "get-mail/").status_code == 302


@pytest.mark.parametrize("state", ["pending", "held", "removed", "withdrawn", "expired"])
def test_it_can_be_taken_back_whatever_became_of_the_signature(state: str) -> None:
    confirmed = None if state in {"pending", "expired"} else timezone.now()
    signature = make_signature(state=state, confirmed_at=confirmed)
    suppress(signature, R.STOP)
    assert GET_MAIL in look(signature)
    press(signature, "get-mail/")
    assert not SuppressedAddress.objects.exists()


@pytest.mark.parametrize("reason", [R.BOUNCE, R.COMPLAINT])
def test_other_reasons_are_said_and_stand(letter: Letter, reason: R) -> None:
    signature = make_published(letter)
    suppress(signature, reason)
    page = look(signature)
    assert "no longer write to" in page
    assert GET_MAIL not in page
    press(signature, "get-mail/")
    assert SuppressedAddress.objects.get().reason == reason


def test_so_does_that_it_was_somebody_else_on_this_letter_only(letter: Letter) -> None:
    signature = make_published(letter)
    suppress(signature, R.NOT_ME, letter.topic)
    assert "somebody else had signed" in look(signature)
    SuppressedAddress.objects.update(topic="another")
    assert "no-mail" not in look(signature)


def test_who_is_written_to_reads_nothing_of_it(letter: Letter) -> None:
    page = look(make_published(letter))
    assert "no-mail" not in page
    assert "You do not get news" in page
