"""How those who run letters log in; nobody opens an account by themselves."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import IntegrityError
from django.test import Client

from openletter.accounts.models import User
from openletter.letters.models import Letter
from tests.factories import TOTP_SECRET, log_in, make_moderator, make_signature, make_staff

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PASSWORD = "a-password-for-tests"  # the one that make_staff gives
DESK = ["/admin/", "/admin/signatures/signature/", "/admin/letters/letter/add/"]
LIST = "/admin/signatures/signature/"


@pytest.fixture
def without_second_factor(settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False


def enter(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


@pytest.mark.usefixtures("without_second_factor")
@pytest.mark.parametrize("typed", ["sam@example.org", "Sam@Example.org", " sam@example.org "])
def test_staff_log_in_by_their_address(client: Client, typed: str) -> None:
    make_staff("Sam@example.org")
    assert enter(client, typed)["Location"] == "/admin/"
    assert client.get(LIST).status_code == 200


@pytest.mark.usefixtures("without_second_factor")
def test_who_comes_from_a_page_of_the_desk_gets_back_there(client: Client) -> None:
    make_staff()
    asked = client.get(LIST, follow=True)
    assert asked.request["PATH_INFO"] == LOGIN
    address = f"{LOGIN}?{asked.request['QUERY_STRING']}"
    response = client.post(address, {"login": "olive@example.org", "password": PASSWORD})
    assert response["Location"] == LIST


@pytest.mark.usefixtures("without_second_factor")
@pytest.mark.parametrize(
    "goal",
    [
        *("//evil.example", "https://evil.example", "https:evil.example", "\\\\evil.example"),
        *("/\\evil.example", "javascript:alert(1)", "///evil.example", "http:///evil.example"),
        *(" //evil.example", "//evil.example@testserver", "\t//evil.example"),
    ],
)
def test_t30_logging_in_leads_to_no_other_site(client: Client, goal: str) -> None:
    make_staff()
    sent = {"login": "olive@example.org", "password": PASSWORD, "next": goal}
    assert client.post(LOGIN, sent)["Location"] == "/admin/"


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
def test_a_wrong_password_gets_nobody_in(client: Client, password: str) -> None:
    make_staff()
    assert enter(client, "olive@example.org", password).status_code == 200
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_t07_an_unknown_address_gets_the_same_answer_as_a_wrong_password(client: Client) -> None:
    make_staff()
    known = enter(client, "olive@example.org", "wrong").content.decode()
    unknown = enter(Client(), "nobody@example.org", "wrong").content.decode()
    assert known.count("errorlist") == unknown.count("errorlist")
    assert "nobody" not in unknown.replace('value="nobody@example.org"', "")


def test_t33_after_five_wrong_passwords_the_right_one_waits(client: Client, settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    make_staff()
    for _ in range(5):
        enter(client, "olive@example.org", "wrong")
    assert enter(client, "olive@example.org").status_code != 302
    assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("without_second_factor")
def test_f22_staff_log_in_while_the_cache_is_away(client: Client, settings: Any) -> None:
    settings.CACHES = {
        alias: {**cache, "LOCATION": "redis://127.0.0.1:1"}
        for alias, cache in settings.CACHES.items()
    }
    make_staff()
    assert enter(client, "olive@example.org")["Location"] == "/admin/"


def test_nobody_opens_an_account_by_themselves(client: Client) -> None:
    typed = {"email": "mallory@example.org", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/accounts/signup/", typed)
    assert response.status_code == client.get("/accounts/signup/").status_code == 404
    assert not User.objects.exists()
    assert "_auth_user_id" not in client.session


def test_signing_a_letter_opens_no_account(letter: Letter) -> None:
    make_signature(letter)
    assert not User.objects.exists()


@pytest.mark.parametrize("path", DESK)
def test_t33_a_stranger_is_asked_to_log_in(client: Client, path: str) -> None:
    response = client.get(path, follow=True)
    assert response.request["PATH_INFO"] == LOGIN


@pytest.mark.parametrize("path", DESK)
def test_t33_who_is_no_staff_does_not_enter(path: str) -> None:
    somebody = log_in(make_moderator(is_staff=False, is_superuser=False))
    response = somebody.get(path, follow=True)
    assert response.status_code in {200, 403}
    assert not response.request["PATH_INFO"].startswith(path) or response.status_code == 403


@pytest.mark.parametrize("path", DESK)
def test_t33_staff_without_a_second_factor_are_led_to_set_one_up(path: str) -> None:
    desk = log_in(make_moderator(second_factor=False))
    response = desk.get(path, follow=True)
    assert "/accounts/" in response.request["PATH_INFO"]
    assert desk.post(path, {"action": "removed"}).status_code == 302


def test_staff_with_a_second_factor_enter() -> None:
    assert log_in().get("/admin/").status_code == 200


def test_a_site_in_development_asks_for_no_second_factor(settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    assert log_in(make_moderator(second_factor=False)).get("/admin/").status_code == 200


def test_t33_the_password_alone_is_not_enough_for_who_has_a_second_factor(client: Client) -> None:
    moderator = make_moderator()
    moderator.set_password(PASSWORD)
    moderator.save()
    response = enter(client, moderator.email)
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    code = format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_dismissed_member_of_staff_is_out_at_once() -> None:
    moderator = make_moderator()
    desk = log_in(moderator)
    User.objects.filter(pk=moderator.pk).update(is_active=False)
    assert desk.get("/admin/").status_code == 302


def test_logging_out_takes_a_post_and_ends_the_session() -> None:
    desk = log_in()
    desk.get("/accounts/logout/")
    assert desk.get("/admin/").status_code == 200
    desk.post("/accounts/logout/")
    assert desk.get("/admin/").status_code == 302


@pytest.mark.usefixtures("without_second_factor")
def test_cookies_are_for_the_desk_and_out_of_the_reach_of_scripts(client: Client) -> None:
    make_staff()
    client.get(LOGIN)
    enter(client, "olive@example.org")
    cookies = {name: cookie for name, cookie in client.cookies.items() if cookie.value}
    assert {"session", "csrf"} <= set(cookies)
    for name in ("session", "csrf"):
        assert (cookies[name]["httponly"], cookies[name]["samesite"]) == (True, "Lax")


def test_two_accounts_never_share_an_address() -> None:
    make_moderator("sam@example.org")
    with pytest.raises(IntegrityError, match="one_user_per_address"):
        make_moderator("Sam@Example.org")


def test_an_account_is_made_at_the_desk() -> None:
    typed = {
        "email": "Olive@Example.org",
        "usable_password": "true",
        "password1": "correct-horse-battery",
        "password2": "correct-horse-battery",
    }
    log_in().post("/admin/accounts/user/add/", typed)
    olive = User.objects.get(email="olive@example.org")
    assert (olive.is_staff, olive.check_password("correct-horse-battery")) == (False, True)
