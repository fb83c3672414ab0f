"""A forgotten password: the mail is owed like any other, and says nothing to who only asks."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.test import Client
from django.utils import timezone

from openletter.accounts import flows
from openletter.accounts.models import User
from openletter.lib.people.addresses import email_key
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery, messages
from tests.factories import log_in, make_moderator, make_staff
from tests.mail.outgoing import sent
from tests.racing import behind

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
SAM = "sam@example.org"


@pytest.fixture
def relay_away(settings: Any) -> None:
    settings.EMAIL_BACKEND = "openletter.mail.transport.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


@pytest.fixture
def cache_away(settings: Any) -> None:
    settings.CACHES = {
        alias: {**cache, "LOCATION": "redis://127.0.0.1:1"}
        for alias, cache in settings.CACHES.items()
    }


def ask(email: str = SAM) -> Any:
    return Client().post(RESET, {"email": email})


def owed() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="accounts.password_reset").order_by("pk"))


def link_in(mail: OutgoingMail) -> str:
    message = messages.compose(mail)
    assert message is not None
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(message.body))
    assert found
    return found[1]


def let_pass(**time: float) -> None:
    """Move every mail into the past, sent, as if this much time had gone by."""
    for one in owed():
        then = one.first_due_at - timedelta(**time)
        OutgoingMail.objects.filter(pk=one.pk).update(first_due_at=then, state="sent", sent_at=then)


def test_a_forgotten_password_is_renewed_by_mail(client: Client) -> None:
    make_staff(SAM)
    ask()
    delivery.deliver_due("confirm")
    (message,) = mail.outbox
    assert message.to == [SAM]
    (one,) = owed()
    page = client.get(link_in(one), follow=True)
    typed = {"password1": "correct-horse-battery", "password2": "correct-horse-battery"}
    client.post(page.request["PATH_INFO"], typed)
    assert User.objects.get().check_password("correct-horse-battery")


def test_a_link_for_a_new_password_works_once(client: Client) -> None:
    sam = make_staff(SAM)
    ask()
    (one,) = owed()
    link = link_in(one)
    sam.set_password("correct-horse-battery")
    sam.save()
    assert b'name="password1"' not in client.get(link, follow=True).content


@pytest.mark.usefixtures("relay_away")
def test_f09_the_mail_waits_while_the_relay_is_away(settings: Any) -> None:
    make_staff(SAM)
    assert ask().status_code == 302
    assert delivery.deliver_due("confirm") == 0
    assert [one.state for one in owed()] == ["due"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutgoingMail.objects.update(due_at=timezone.now(), lease_until=None)
    assert delivery.deliver_due("confirm") == 1


@pytest.mark.usefixtures("relay_away")
@pytest.mark.parametrize("away", ["relay", "relay and cache"])
def test_t07_a_reset_answers_alike_for_a_known_and_an_unknown_address(
    request: pytest.FixtureRequest, away: str
) -> None:
    if away == "relay and cache":
        request.getfixturevalue("cache_away")
    make_staff(SAM)
    known, unknown = ask(), ask("nobody@example.org")
    assert (known.status_code, unknown.status_code) == (302, 302)
    assert known["Location"] == unknown["Location"] == "/accounts/password/reset/done/"
    assert known.content == unknown.content
    assert set(known.headers) == set(unknown.headers)
    assert set(known.cookies) == set(unknown.cookies)
    assert [one.recipient_key for one in OutgoingMail.objects.all()] == [email_key(SAM)]


def test_t07_asking_again_and_again_answers_alike(cache_away: None) -> None:
    make_staff(SAM)
    answers = [(ask().status_code, ask("nobody@example.org").status_code) for _ in range(8)]
    assert set(answers) == {(302, 302)}


def test_t04_whoever_asks_sends_an_address_one_mail_at_a_time(cache_away: None) -> None:
    make_staff(SAM)
    for _ in range(5):
        ask()
    assert len(owed()) == 1
    let_pass(minutes=1)
    ask()
    first, second = owed()
    assert second.first_due_at - first.first_due_at == timedelta(minutes=3)


def test_t04_whoever_asks_sends_an_address_three_mails_a_day(cache_away: None) -> None:
    make_staff(SAM)
    for _ in range(6):
        ask()
        let_pass(hours=1)
    assert len(owed()) == 3


@pytest.mark.django_db(transaction=True)
def test_t04_two_addresses_of_one_mailbox_are_not_mailed_at_once() -> None:
    for email in (SAM, "sam+desk@example.org"):
        make_moderator(email)
    now = timezone.now()
    behind(
        lambda: flows.ask_for_new_password(email=SAM, language="en", now=now),
        lambda: flows.ask_for_new_password(email="sam+desk@example.org", language="en", now=now),
    )
    assert [one.due_at - now for one in owed()] == [timedelta(), timedelta(minutes=3)]


def test_t04_signing_as_a_member_of_staff_does_not_use_up_their_way_back_in() -> None:
    make_staff(SAM)
    for _ in range(6):
        sent(recipient=SAM)
    ask()
    assert len(owed()) == 1


def test_the_mail_goes_to_the_address_of_the_account_however_it_is_typed() -> None:
    make_staff(SAM)
    ask("SAM@Example.ORG")
    assert [one.recipient_key for one in owed()] == [email_key(SAM)]
    assert [one.recipient for one in owed()] == [SAM]


def test_the_mail_is_in_the_language_of_the_browser() -> None:
    make_staff(SAM)
    Client().post(RESET, {"email": SAM}, headers={"Accept-Language": "de"})
    assert [one.language for one in owed()] == ["de"]


def test_who_was_dismissed_gets_no_link() -> None:
    sam = make_staff(SAM)
    ask()
    User.objects.filter(pk=sam.pk).update(is_active=False)
    (one,) = owed()
    assert messages.compose(one) is None
    let_pass(days=1)
    ask()
    assert len(owed()) == 1


def test_i07_every_copy_of_the_mail_carries_the_same_link(monkeypatch: pytest.MonkeyPatch) -> None:
    make_staff(SAM)
    ask()
    (one,) = owed()
    links = set()
    for hour in (9, 17):
        now = datetime(2026, 11, 23, hour)  # noqa: DTZ001 - Django's own clock of these tokens
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _self, now=now: now)
        links.add(link_in(one))
    assert len(links) == 1


@pytest.mark.parametrize("action", ["action_add", "action_send", "action_remove"])
def test_t04_no_page_of_an_account_mails_to_an_address_that_is_typed(action: str) -> None:
    desk = log_in(make_moderator())
    typed = {"email": "suzie@example.org", action: ""}
    assert desk.post("/accounts/email/", typed).status_code == 404
    assert (mail.outbox, OutgoingMail.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "template", ["account/email/email_confirmation", "mfa/email/totp_activated"]
)
def test_a_mail_that_is_not_ours_does_not_leave_around_the_outbox(template: str) -> None:
    with pytest.raises(NotImplementedError):
        get_adapter().send_mail(template, SAM, {})
    assert mail.outbox == []
