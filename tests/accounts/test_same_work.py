"""T47: what is done for an address tells nobody whether it is the one of a member of staff."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import hashers
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.mail.models import OutgoingMail
from openletter.rate_limits.models import RateLimit
from tests.accounts.steps import LOGIN, OUTSIDE, PASSWORD, RESET, browser
from tests.factories import make_moderator
from tests.queries import statements

pytestmark = pytest.mark.django_db
UNKNOWN, KNOWN, DISMISSED, WAITING, CAPPED, NO_PASSWORD = CASES = (
    "unknown@example.org",
    "known@example.org",
    "dismissed@example.org",
    "waiting@example.org",
    "limited@example.org",
    "no-password@example.org",
)


@pytest.fixture(autouse=True)
def _people() -> None:
    password = hashers.make_password(PASSWORD)
    for email in (KNOWN, DISMISSED, WAITING, CAPPED):
        make_moderator(email, is_active=email != DISMISSED)
        User.objects.filter(email=email).update(password=password)
    make_moderator(NO_PASSWORD)  # as before somebody opened the link in the first mail
    ask(WAITING)
    for _ in range(3):
        ask(CAPPED)
        OutgoingMail.objects.filter(about=User.objects.get(email=CAPPED).public_id).update(
            state="sent", sent_at=timezone.now()
        )


def ask(email: str) -> Any:
    return browser().post(RESET, {"email": email})


def guess(email: str, password: str = "wrong", client: Client | None = None) -> Any:
    return (client or browser(OUTSIDE)).post(LOGIN, {"login": email, "password": password})


def test_t47_a_forgotten_password_is_the_same_work_for_every_address() -> None:
    done = {email: statements(lambda email=email: ask(email)) for email in CASES}  # type: ignore[misc]
    assert len(done[UNKNOWN]) > 4
    assert {email: work for email, work in done.items() if work != done[UNKNOWN]} == {}


def test_t47_a_forgotten_password_writes_a_row_for_every_address() -> None:
    """Else the commit would be sooner done for who has no account."""
    for email in CASES:
        RateLimit.objects.all().delete()
        ask(email)
        assert RateLimit.objects.count() == 2  # of the address and of the network


def test_t47_the_mail_is_owed_to_who_has_an_account_only() -> None:
    OutgoingMail.objects.all().delete()
    for email in CASES:
        ask(email)
    assert sorted(mail.recipient for mail in OutgoingMail.objects.all()) == sorted(
        {*CASES} - {UNKNOWN, DISMISSED}
    )


@pytest.mark.parametrize("again", [0, 20])
def test_t47_the_answer_is_the_same_over_the_limit(again: int) -> None:
    for _ in range(again):
        RateLimit.objects.filter(free_at__lt=timezone.now()).delete()
        Client().post(RESET, {"email": KNOWN})
    answers = {
        (one.status_code, one["Location"], one.content, str(sorted(one.headers.items())))
        for one in (Client().post(RESET, {"email": email}) for email in (KNOWN, UNKNOWN))
    }
    assert len(answers) == 1


@pytest.mark.parametrize("password", ["wrong", "x" * 200])
def test_t47_a_wrong_password_is_the_same_work_for_every_address(password: str) -> None:
    done = {}
    for email in CASES:
        with mock.patch.object(
            MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
        ) as hashed:
            asked = statements(lambda email=email: guess(email, password))  # type: ignore[misc]
        done[email] = (asked, hashed.call_count)
    assert done[UNKNOWN][1] == 1
    assert {email: work for email, work in done.items() if work != done[UNKNOWN]} == {}


def test_t47_who_was_dismissed_is_told_what_everybody_is_told() -> None:
    right, wrong = guess(DISMISSED, PASSWORD), guess(UNKNOWN, PASSWORD)
    assert (right.status_code, right.context["form"].errors) == (
        wrong.status_code,
        wrong.context["form"].errors,
    )


def test_t47_over_the_limit_the_work_is_the_same_too() -> None:
    for email in (KNOWN, UNKNOWN):
        for number in range(5):
            guess(email, client=browser(f"198.51.100.{number}"))
    done = [statements(lambda email=email: guess(email)) for email in (KNOWN, UNKNOWN)]  # type: ignore[misc]
    assert done[0] == done[1]


@pytest.mark.parametrize("key", ["x", "set-password", "d1a2b3-0123456789abcdef0123456789abcdef"])
def test_t47_a_made_up_link_is_the_same_work_for_every_account(key: str) -> None:
    known = user_pk_to_url_str(User.objects.get(email=KNOWN))
    done = [
        statements(lambda uid=uid: browser().get(f"/accounts/password/reset/key/{uid}-{key}/"))  # type: ignore[misc]
        for uid in (known, "zzzz")
    ]
    assert done[0] == done[1]
