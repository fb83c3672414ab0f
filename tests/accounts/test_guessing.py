"""T33, T54: passwords and codes are guessed in vain, and owners are not locked out by it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import caches
from django.test import Client

from runner.servers.valkey import Valkey
from tests.accounts.steps import (
    AGAIN,
    CHANGE,
    CODE,
    CODE_AGAIN,
    HOME,
    LOGIN,
    OFFICE,
    OUTSIDE,
    RESET,
    SAM,
    SET_UP,
    Clock,
    at_once,
    browser,
    cache_at,
    code,
    is_in,
    log_in,
    make_owner,
    type_code,
    type_password,
    wrong_code,
)
from tests.hanging import Hanging

pytestmark = pytest.mark.django_db


def _stopped(settings: Any, valkey: Valkey) -> None:
    os.kill(_pid_of(valkey), signal.SIGSTOP)


def _killed(settings: Any, valkey: Valkey) -> None:
    os.kill(_pid_of(valkey), signal.SIGKILL)


def _never_there(settings: Any, valkey: Valkey) -> None:
    settings.CACHES = cache_at(settings, "redis://127.0.0.1:1")


def _pid_of(valkey: Valkey) -> int:
    assert valkey.pid
    return valkey.pid


CACHES: dict[str, Callable[[Any, Valkey], None]] = {
    "there": lambda _settings, _valkey: None,
    "stopped": _stopped,
    "killed": _killed,
    "never there": _never_there,
}


@pytest.fixture(params=CACHES)
def cache_in_trouble(request: pytest.FixtureRequest, settings: Any, valkey: Valkey) -> None:
    """Whatever Valkey does, the test must find the same."""
    CACHES[request.param](settings, valkey)


# --- Whatever the cache does --------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("cache_in_trouble")
def test_t54_staff_log_in_with_password_and_code(clock: Clock) -> None:
    make_owner()
    assert is_in(log_in(clock))


@pytest.mark.usefixtures("cache_in_trouble")
def test_t54_after_five_wrong_passwords_the_right_one_waits(clock: Clock) -> None:
    make_owner()
    stranger = browser(OUTSIDE)
    for _ in range(5):
        assert not type_password(stranger, "wrong")
    assert not type_password(stranger)
    clock.let_pass(minutes=5)
    assert type_password(stranger)


@pytest.mark.slow
@pytest.mark.usefixtures("cache_in_trouble")
def test_t54_after_five_wrong_codes_the_right_one_waits(clock: Clock) -> None:
    make_owner()
    stranger = browser(OUTSIDE)
    type_password(stranger)
    for _ in range(5):
        assert not type_code(stranger, wrong_code(clock))
    assert not type_code(stranger, code(clock))
    clock.let_pass(minutes=5)
    assert type_code(stranger, code(clock))


@pytest.mark.slow
@pytest.mark.usefixtures("cache_in_trouble")
@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3}-{:.3}"])
def test_t54_a_code_works_once(clock: Clock, typed: str) -> None:
    make_owner()
    assert is_in(log_in(clock))
    thief = browser(OUTSIDE)
    type_password(thief)
    shown = code(clock)
    again = f"{shown[:3]}-{shown[3:]}" if "-" in typed else typed.format(shown)
    assert not type_code(thief, again)
    assert not is_in(thief)


def test_t54_a_code_does_not_work_again_while_it_is_still_right(clock: Clock) -> None:
    make_owner()
    shown = code(clock, steps=1)
    first = browser()
    type_password(first)
    assert type_code(first, shown)
    clock.let_pass(seconds=45)  # the cache has forgotten it, and it is still a right code
    thief = browser(OUTSIDE)
    type_password(thief)
    assert not type_code(thief, shown)
    assert type_code(thief, code(clock, steps=1))


@pytest.mark.django_db(transaction=True)
def test_t54_of_two_who_type_the_same_code_at_once_one_gets_in(clock: Clock, settings: Any) -> None:
    settings.CACHES = cache_at(settings, "redis://127.0.0.1:1")
    make_owner()
    both = [browser(HOME), browser(OUTSIDE)]
    for client in both:
        type_password(client)
    assert sorted(at_once([partial(type_code, one, code(clock)) for one in both])) == [False, True]
    assert sorted(is_in(client) for client in both) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_t54_a_recovery_code_works_once(clock: Clock, settings: Any) -> None:
    settings.CACHES = cache_at(settings, "redis://127.0.0.1:1")
    owner = make_owner()
    typed = RecoveryCodes.activate(owner).get_unused_codes()[3]
    three = [browser(HOME), browser(OFFICE), browser(OUTSIDE)]
    for client in three:
        type_password(client)
    taken = at_once([partial(type_code, client, typed) for client in three[:2]])
    assert sorted(taken) == [False, True]
    assert not type_code(three[2], typed)
    assert sum(is_in(client) for client in three) == 1


def test_t54_the_code_that_set_the_app_up_opens_nothing_later(clock: Clock) -> None:
    make_owner(second_factor=False)
    client = browser()
    type_password(client)
    shown = set_up(client, clock)
    thief = browser(OUTSIDE)
    type_password(thief)
    assert not type_code(thief, shown)


def set_up(client: Client, clock: Clock) -> str:
    """Set up a second factor; return the code that was typed."""
    client.post(AGAIN, {"password": "a-password-for-tests"})
    secret = client.get(SET_UP).context["form"].secret
    shown = code(clock, secret=secret)
    assert client.post(SET_UP, {"code": shown}).status_code == 302
    return shown


@pytest.fixture
def hanging(settings: Any) -> Iterator[Hanging]:
    server = Hanging()
    settings.CACHES = cache_at(settings, server.url)
    yield server
    caches["default"].close()
    server.close()


@pytest.mark.slow
def test_t54_a_cache_that_hangs_holds_a_login_once_at_most(clock: Clock, hanging: Hanging) -> None:
    make_owner()
    client = browser()
    client.get(LOGIN)
    type_password(client, "wrong")
    client.post(RESET, {"email": SAM})
    assert type_password(client)
    type_code(client, wrong_code(clock))
    assert hanging.waited_for == 0
    assert type_code(client, code(clock))
    assert is_in(client)
    assert hanging.waited_for == 1


def test_t54_guesses_at_the_same_moment_are_counted_one_by_one(
    clock: Clock, transactional_db: None
) -> None:
    make_owner(email=SAM)
    guesses = [partial(type_password, browser(f"192.0.2.{n}"), "wrong") for n in range(8)]
    at_once(guesses)
    assert not type_password(browser(OUTSIDE))


# --- Wherever a secret is asked for -------------------------------------------------------------


def _password_again(client: Client, clock: Clock, right: bool) -> bool:
    typed = {"password": "a-password-for-tests" if right else "wrong"}
    return bool(client.post(AGAIN, typed).status_code == 302)


def _old_password(client: Client, clock: Clock, right: bool) -> bool:
    new = "correct-horse-battery"
    old = "a-password-for-tests" if right else "wrong"
    typed = {"oldpassword": old, "password1": new, "password2": new}
    return bool(client.post(CHANGE, typed).status_code == 302)


def _first_code(client: Client, clock: Clock, right: bool) -> bool:
    if right:
        secret = client.get(SET_UP).context["form"].secret
        return bool(client.post(SET_UP, {"code": code(clock, secret=secret)}).status_code == 302)
    return bool(client.post(SET_UP, {"code": "0"}).status_code == 302)


def _code_again(client: Client, clock: Clock, right: bool) -> bool:
    typed = code(clock) if right else wrong_code(clock)
    return bool(client.post(CODE_AGAIN, {"code": typed}).status_code == 302)


Guess = Callable[[Client, Clock, bool], bool]
WITHOUT_FACTOR: list[Guess] = [_password_again, _old_password, _first_code]


@pytest.mark.parametrize("guess", WITHOUT_FACTOR)
def test_t54_after_five_wrong_tries_the_right_one_waits(
    clock: Clock, settings: Any, guess: Guess
) -> None:
    settings.CACHES = cache_at(settings, "redis://127.0.0.1:1")
    make_owner(second_factor=False)
    client = browser()
    type_password(client)
    if guess is _first_code:
        _password_again(client, clock, True)
    assert not any(guess(client, clock, False) for _ in range(5))
    assert not guess(client, clock, True)
    clock.let_pass(minutes=4)  # sooner than allauth wants the password again
    assert guess(client, clock, True)


def test_t54_after_five_wrong_codes_before_an_act_the_right_one_waits(
    clock: Clock, settings: Any
) -> None:
    settings.CACHES = cache_at(settings, "redis://127.0.0.1:1")
    make_owner()
    client = log_in(clock)
    clock.let_pass(minutes=2)
    assert not any(_code_again(client, clock, False) for _ in range(5))
    assert not _code_again(client, clock, True)
    clock.let_pass(minutes=5)
    assert _code_again(client, clock, True)


@pytest.mark.slow
def test_t54_codes_are_guessed_fifty_times_a_day(clock: Clock) -> None:
    make_owner()
    stranger = browser(OUTSIDE)
    for _ in range(60):
        type_password(stranger)
        type_code(stranger, wrong_code(clock))
        clock.let_pass(minutes=1)
    clock.let_pass(minutes=5)
    type_password(stranger)
    assert not type_code(stranger, code(clock))
    assert Authenticator.objects.exists()
    assert stranger.get(CODE).status_code == 200
