"""T33, T53, T54: from where somebody guesses, and from where an owner logged in before."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.test import Client

from openletter.accounts.models import KnownNetwork, User
from openletter.accounts.reset_tokens import ResetTokens
from tests.accounts.steps import (
    HOME,
    OFFICE,
    OUTSIDE,
    Clock,
    browser,
    code,
    is_in,
    log_in,
    make_owner,
    type_code,
    type_password,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def test_t54_strangers_do_not_lock_an_owner_out_at_home(clock: Clock) -> None:
    make_owner()
    log_in(clock)
    clock.let_pass(minutes=1)
    for _ in range(7):
        assert not type_password(browser(OUTSIDE), "wrong")
    assert not type_password(browser(OFFICE))  # nobody logged in from there yet
    assert is_in(log_in(clock))


def test_t54_wrong_codes_of_strangers_do_not_lock_an_owner_out_at_home(clock: Clock) -> None:
    make_owner()
    log_in(clock)
    clock.let_pass(minutes=1)
    stranger = browser(OUTSIDE)
    type_password(stranger)
    for _ in range(7):
        assert not type_code(stranger, wrong_code(clock))
    assert is_in(log_in(clock))


def test_t54_a_known_network_has_a_limit_of_its_own(clock: Clock) -> None:
    make_owner()
    log_in(clock)
    clock.let_pass(minutes=1)
    for _ in range(5):
        type_password(browser(HOME), "wrong")
    assert not type_password(browser(HOME))
    assert type_password(browser(OUTSIDE))


def test_t54_the_password_alone_makes_no_network_known(clock: Clock) -> None:
    make_owner()
    type_password(browser(OUTSIDE))
    assert not KnownNetwork.objects.exists()
    log_in(clock)
    assert KnownNetwork.objects.count() == 1


def test_t54_a_network_is_known_to_the_account_that_logged_in_and_to_no_other(
    clock: Clock,
) -> None:
    make_owner()
    make_owner("olive@example.org")
    log_in(clock)
    for _ in range(5):
        type_password(browser(OUTSIDE), "wrong", email="olive@example.org")
    assert not type_password(browser(HOME), email="olive@example.org")


def test_t54_a_network_is_forgotten_when_it_was_not_used_for_long(
    clock: Clock, settings: Any
) -> None:
    make_owner()
    log_in(clock)
    clock.let_pass(days=settings.KEEP_NETWORKS_DAYS + 1)
    for _ in range(5):
        type_password(browser(OUTSIDE), "wrong")
    assert not type_password(browser(HOME))


def test_t54_who_is_locked_out_gets_in_by_the_link_for_a_new_password(clock: Clock) -> None:
    owner = make_owner()
    for _ in range(7):
        type_password(browser(OUTSIDE), "wrong")
    assert not type_password(browser(OFFICE))
    choose_new_password(owner, browser(OFFICE), "correct-horse-battery")
    assert type_password(browser(OFFICE), "correct-horse-battery")


def choose_new_password(owner: User, client: Client, password: str) -> None:
    names = f"{user_pk_to_url_str(owner)}-{ResetTokens().make_token(owner)}"
    page = client.get(f"/accounts/password/reset/key/{names}/", follow=True)
    typed = {"password1": password, "password2": password}
    assert client.post(page.request["PATH_INFO"], typed).status_code == 302


def test_t33_a_network_guesses_ten_times_a_minute_whoever_it_means(clock: Clock) -> None:
    make_owner()
    for number in range(10):
        type_password(browser(OUTSIDE), "wrong", email=f"user-{number}@example.org")
    assert not type_password(browser(OUTSIDE))
    assert type_password(browser(HOME))


def test_t53_a_block_of_networks_guesses_four_times_as_often(clock: Clock) -> None:
    make_owner()
    for number in range(40):
        email = f"user-{number}@example.org"
        type_password(browser(f"2001:db8:1:{number:x}::1"), "wrong", email=email)
    assert not type_password(browser("2001:db8:1:ffff::1"))
    assert type_password(browser("2001:db8:2::1"))


def test_t53_a_network_that_guesses_too_often_uses_up_no_tries_of_an_account(
    clock: Clock,
) -> None:
    make_owner()
    for number in range(10):
        type_password(browser(OUTSIDE), "wrong", email=f"user-{number}@example.org")
    for _ in range(7):
        type_password(browser(OUTSIDE), "wrong")
    assert type_password(browser(OFFICE))


@pytest.mark.parametrize("seen", ["127.0.0.1", "garbage"])
def test_t54_an_address_that_is_none_makes_no_network_known(
    clock: Clock, settings: Any, seen: str
) -> None:
    """Else whoever writes nonsense into a header would come from where the owner came from."""
    settings.TRUSTED_PROXIES = 1
    make_owner()

    def behind_a_proxy() -> Client:
        return Client(headers={"X-Forwarded-For": seen, "X-Forwarded-Proto": "https"})

    owner = behind_a_proxy()
    type_password(owner)
    assert type_code(owner, code(clock))
    assert not KnownNetwork.objects.exists()
    clock.let_pass(minutes=5)
    for number in range(5):
        type_password(browser(f"192.0.2.{number}"), "wrong")
    assert not type_password(behind_a_proxy())


def test_t33_people_whose_network_says_nothing_do_not_share_a_limit(clock: Clock) -> None:
    make_owner()
    for number in range(40):
        type_password(browser("127.0.0.1"), "wrong", email=f"user-{number}@example.org")
    assert type_password(browser("127.0.0.1"))
