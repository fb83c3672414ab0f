"""T43: the link to a signature goes to its address on file, and the answer is always the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import delivery
from openletter.self_service import mail_choices
from openletter.signatures.abuse import form_limits
from openletter.signatures.models import Signature
from tests import steps
from tests.factories import make_published, make_signature
from tests.self_service.steps import mine, press
from tests.steps import SAME_ORIGIN

pytestmark = pytest.mark.django_db
S = Signature.State


def ask(email: str, client: Client | None = None) -> Any:
    """Ask on the letter for the link to the signature of an address."""
    client = client or Client()
    return client.post("/open-letter/my-signature/", {"email": email}, headers=SAME_ORIGIN)


def owed() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def test_the_link_goes_to_who_signed(mailoutbox: list[Any]) -> None:
    signature = make_published(email="suzie@example.org")
    OutgoingMail.objects.all().delete()
    ask("suzie@example.org")
    delivery.deliver_due("confirm")
    (message,) = mailoutbox
    assert message.to == ["suzie@example.org"]
    assert mine(signature) in message.body


def test_t43_the_mail_goes_to_the_address_on_file_not_to_the_one_typed(
    mailoutbox: list[Any],
) -> None:
    make_published(email="suzie.signer@gmail.com")
    OutgoingMail.objects.all().delete()
    ask("s.uziesigner+x@googlemail.com")
    delivery.deliver_due("confirm")
    assert [message.to for message in mailoutbox] == [["suzie.signer@gmail.com"]]


def test_t43_a_stranger_gets_no_mail(letter: Letter) -> None:
    ask("nobody@example.org")
    assert owed() == []


@pytest.mark.slow
def test_t47_asking_for_it_has_a_limit_for_an_address_and_a_pace_for_a_network() -> None:
    make_published(email="suzie@example.org")
    for number in range(form_limits.SEND_LINK.network.number - 1):
        ask(f"nobody-{number}@example.org")
    for _ in range(form_limits.SEND_LINK.subject.number + 1):
        ask("suzie@example.org")
        OutgoingMail.objects.all().delete()
    ask("suzie@example.org")
    assert owed() == []


def test_t43_the_link_is_sent_once_an_hour() -> None:
    make_published(email="suzie@example.org")
    OutgoingMail.objects.all().delete()
    for _ in range(3):
        ask("suzie@example.org")
    assert owed() == ["signatures.access"]
    OutgoingMail.objects.update(first_due_at=timezone.now() - timedelta(minutes=61))
    ask("suzie@example.org")
    assert owed() == ["signatures.access"] * 2


def test_who_has_not_confirmed_gets_the_confirmation_once_more() -> None:
    attempt = make_signature(email="suzie@example.org", asked_at=timezone.now() - timedelta(days=8))
    ask("suzie@example.org")
    assert owed() == ["signatures.confirm"]
    attempt.refresh_from_db()
    assert timezone.now() - attempt.asked_at < timedelta(minutes=1)


def test_t04_asking_for_the_link_sends_no_stranger_more_than_the_caps_allow() -> None:
    make_signature(email="suzie@example.org")
    for _ in range(20):
        ask("suzie@example.org")
    assert len(owed()) == 3


def test_an_attempt_that_expired_unconfirmed_is_nobodys() -> None:
    make_signature(email="suzie@example.org", state=S.EXPIRED)
    ask("suzie@example.org")
    assert owed() == []


def test_who_withdrew_gets_a_link_to_what_is_still_kept() -> None:
    signature = make_published(email="suzie@example.org")
    press(signature, "withdraw/")
    OutgoingMail.objects.all().delete()
    ask("suzie@example.org")
    assert owed() == ["signatures.access"]


def test_a_suppressed_address_gets_nothing(mailoutbox: list[Any]) -> None:
    signature = make_published()
    OutgoingMail.objects.all().delete()
    SuppressedAddress.objects.create(
        email_key=signature.email_key, topic="", reason="stop", at=timezone.now()
    )
    ask(signature.email)
    delivery.deliver_due("confirm")
    assert mailoutbox == []


def _cases() -> dict[str, str]:
    """Every state that an address can be in, each with an address of its own."""
    for state in S.values:
        confirmed = None if state in {S.PENDING, S.EXPIRED} else timezone.now()
        make_signature(email=f"{state}@example.org", state=state, confirmed_at=confirmed)
    return {state: f"{state}@example.org" for state in [*S.values, "unknown"]}


def test_t07_t43_the_answer_and_the_work_are_the_same_for_everybody(letter: Letter) -> None:
    ask("first@example.org")
    seen = set()
    for email in _cases().values():
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            answer = ask(email, client)
        # Before the next request, which empties Django's list of queries.
        asked = len(queries)
        assert asked
        headers = {key: value for key, value in answer.items() if key != "Location"}
        page = client.get(answer["Location"])
        seen.add((answer.status_code, answer["Location"], str(headers), page.content, asked))
    assert len(seen) == 1


@pytest.mark.parametrize("email", ["", "suzie", "a@localhost", "x" * 300])
def test_what_is_no_address_is_said(client: Client, letter: Letter, email: str) -> None:
    assert ask(email, client).status_code == 422


def test_t26_another_site_cannot_ask(client: Client, letter: Letter) -> None:
    answer = client.post(
        "/open-letter/my-signature/",
        {"email": "suzie@example.org"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("page", ["my-signature", "my-signature/sent", "privacy"])
def test_an_unknown_letter_has_no_such_page(client: Client, letter: Letter, page: str) -> None:
    assert client.get(f"/nothing/{page}/").status_code == 404


# --- Whoever stopped all mail --------------------------------------------------------------------


def ask_for_mail_again(email: str, client: Client | None = None) -> Any:
    client = client or Client()
    path = "/open-letter/my-signature/sent/"
    return client.post(path, {"email": email}, headers=SAME_ORIGIN)


def stopped(email: str, **fields: Any) -> Signature:
    signature = make_published(email=email, **fields)
    OutgoingMail.objects.all().delete()
    mail_choices.stop_all_mail(signature, now=timezone.now())
    return signature


def test_who_stopped_all_mail_asks_for_the_one_that_leads_back(mailoutbox: list[Any]) -> None:
    signature = stopped("suzie@example.org")
    assert ask(signature.email)["Location"] == "/open-letter/my-signature/sent/"
    assert delivery.deliver_due("confirm") == 0
    answer = ask_for_mail_again("Suzie@Example.org")
    assert answer["Location"] == "/open-letter/my-signature/sent/?resume=1"
    assert "“Send me e-mails again”" in Client().get(answer["Location"]).content.decode()
    delivery.deliver_due("confirm")
    (message,) = mailoutbox
    (link,) = [line for line in message.body.splitlines() if line.endswith("/resume/")]
    answer = steps.press("/" + link.split("/", 3)[3])
    assert answer["Location"] == mine(signature, "?done=get-mail")
    assert not SuppressedAddress.objects.exists()


def test_t04_it_is_sent_once_whichever_page_asks(sign: Any, letter: Letter) -> None:
    signature = stopped("suzie@example.org")
    inbox = sign(email="suzie@example.org")["Location"]
    for _ in range(2):
        steps.press(inbox.replace("/inbox/", "/ask-to-resume/"))
        ask_for_mail_again(signature.email)
    assert owed().count("signatures.resume") == 1


def test_t43_nobody_learns_by_it_who_signed_or_stopped(letter: Letter) -> None:
    stopped("stopped@example.org")
    addresses = {**_cases(), "stopped": "stopped@example.org"}
    ask_for_mail_again("first@example.org")
    seen = set()
    for email in addresses.values():
        with CaptureQueriesContext(connection) as queries:
            answer = ask_for_mail_again(email)
        asked = len(queries)
        page = Client().get(answer["Location"])
        seen.add((answer.status_code, answer["Location"], page.content, asked))
    assert len(seen) == 1


def test_t26_another_site_cannot_ask_for_it(letter: Letter) -> None:
    signature = stopped("suzie@example.org")
    answer = Client().post(
        "/open-letter/my-signature/sent/",
        {"email": signature.email},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, owed()) == (403, [])


def test_what_is_no_address_is_said_there_too(letter: Letter) -> None:
    answer = ask_for_mail_again("suzie@")
    assert answer.status_code == 422
    assert "suzie@" in answer.content.decode()
