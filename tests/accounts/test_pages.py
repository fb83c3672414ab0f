"""Every page below /accounts/: what it carries, and how often a network may send to it."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

import pytest
from django.test import Client

from openletter.accounts.adapter import WRITTEN_FOR
from openletter.letters.models import Letter
from tests.accounts.steps import (
    CHANGE,
    HOME,
    LOGIN,
    OUTSIDE,
    Clock,
    browser,
    cache_at,
    code,
    log_in,
    make_owner,
    type_password,
)
from tests.urls import all_paths

pytestmark = pytest.mark.django_db
PATH = "/accounts/"
PAGES = [path for path in all_paths() if path.startswith("/accounts/")]
# Whatever takes a form; pages that take none refuse it, and count it too.
FORMS = [path for path in PAGES if path != "/accounts/"]
# 410: an invitation that is no longer there.
ANSWERS = {200, 302, 405, 410}


def test_the_hooks_are_those_of_the_allauth_that_is_installed() -> None:
    """After an upgrade: compare accounts/adapter.py with what allauth does now, then say so."""
    assert version("django-allauth").startswith(f"{WRITTEN_FOR}.")


def test_every_page_of_an_account_is_in_our_own_words(clock: Clock) -> None:
    """allauth's are of another tone; in German they call people "du"."""
    owner = make_owner()
    account, german = log_in(clock), {"Accept-Language": "de"}
    clock.let_pass(minutes=1)
    account.post(f"{PATH}2fa/reauthenticate/", {"code": code(clock)})
    answers = [browser().get(path, headers=german) for path in PAGES]
    answers += [account.get(path, headers=german) for path in PAGES if "download" not in path]
    answers += [
        browser().post(LOGIN, {"login": owner.email, "password": "wrong"}, headers=german),
        account.post(CHANGE, {"password1": "one", "password2": "other"}, headers=german),
        account.post(f"{PATH}2fa/recovery-codes/generate/", headers=german, follow=True),
        account.post(f"{PATH}logout/", headers=german, follow=True),
    ]
    shown = [one for one in answers if one.status_code == 200]
    used = {template.origin.name for one in shown for template in one.templates}
    assert [name for name in used if "/site-packages/allauth/" in name] == []
    said = [re.findall(r"\b(?:[Dd]u|[Dd]ein\w*)\b", one.content.decode()) for one in shown]
    assert said == [[]] * len(shown)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["a stranger", "between the steps", "staff", "staff without"])
def test_no_answer_of_an_account_is_kept(clock: Clock, who: str, subtests: Any) -> None:
    make_owner(second_factor=who != "staff without")
    for path in [*PAGES, "/accounts/nothing/"]:
        for method in ("get", "post", "put"):
            client = log_in(clock) if who == "staff" else browser()
            if who in {"between the steps", "staff without"}:
                type_password(client)
            clock.let_pass(minutes=1)
            response = getattr(client, method)(path)
            with subtests.test(f"{method} {path}"):
                kept = {part.strip() for part in response["Cache-Control"].split(",")}
                assert {"no-store", "private"} <= kept
                assert response.status_code < 500


@pytest.mark.slow
@pytest.mark.parametrize("cache", ["there", "away"])
@pytest.mark.parametrize("path", FORMS)
def test_t54_every_form_has_a_limit(clock: Clock, settings: Any, path: str, cache: str) -> None:
    if cache == "away":
        settings.CACHES = cache_at(settings, "redis://127.0.0.1:1")
    client = browser(OUTSIDE)
    answers = [client.post(path, {"email": "x@example.org"}) for _ in range(31)]
    assert {one.status_code for one in answers[:30]} <= ANSWERS
    assert answers[30].status_code == 429
    assert answers[30]["Retry-After"] == "2"
    assert client.get(path).status_code in ANSWERS
    assert browser(HOME).post(path).status_code in ANSWERS
    clock.let_pass(minutes=1)
    assert client.post(path).status_code in ANSWERS


@pytest.mark.parametrize(
    "path",
    [
        *("signup/", "email/", "confirm-email/", "confirm-email/x/", "login/code/confirm/"),
        *("password/reset/confirm/", "2fa/webauthn/", "2fa/trust/", "3rdparty/", "social/signup/"),
    ],
)
def test_pages_of_allauth_that_nobody_needs_do_not_exist(letter: Letter, path: str) -> None:
    client = Client()
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}").status_code == 404


def test_the_account_itself_leads_to_the_login() -> None:
    assert Client().get("/accounts/")["Location"] == LOGIN
