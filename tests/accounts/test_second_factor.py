"""T48: it is the session that gives a second factor, not its owner once upon a time."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from openletter.accounts.models import User
from openletter.moderation.models import AuditEntry
from tests.accounts.steps import (
    AGAIN,
    CHANGE,
    CODE,
    CODE_AGAIN,
    LIST,
    LOGIN,
    OUTSIDE,
    PASSWORD,
    REMOVE,
    SET_UP,
    Clock,
    browser,
    code,
    is_in,
    log_in,
    make_owner,
    type_code,
    type_password,
)
from tests.urls import all_paths

pytestmark = pytest.mark.django_db
STAFF = [path for path in all_paths() if path.startswith("/admin/") and "logout" not in path]
NEW = "correct-horse-battery"
CHANGING = [
    *(CHANGE, SET_UP, REMOVE, "/accounts/2fa/", "/accounts/2fa/recovery-codes/"),
    *("/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/recovery-codes/download/"),
]


@pytest.fixture(params=[True, False], ids=["demanded", "not demanded"])
def demanded(request: pytest.FixtureRequest, settings: Any) -> bool:
    settings.STAFF_NEEDS_SECOND_FACTOR = request.param
    return bool(request.param)


def is_logged_in(client: Client) -> bool:
    return not client.get(CHANGE).headers.get("Location", "").startswith(LOGIN)


def set_up(client: Client, clock: Clock) -> str:
    """Set up a second factor; return its secret."""
    client.post(AGAIN, {"password": PASSWORD})
    secret = str(client.get(SET_UP).context["form"].secret)
    assert client.post(SET_UP, {"code": code(clock, secret=secret)}).status_code == 302
    return secret


def without_second_factor() -> Client:
    """Log in while the account has no second factor."""
    client = browser()
    assert type_password(client)
    return client


def by_password_only(user: User) -> Client:
    """A session that the password alone has made; no page of ours makes one like it."""
    client = Client()
    client.force_login(user)
    return client


def test_t48_a_session_from_before_the_set_up_is_over(clock: Clock, demanded: bool) -> None:
    make_owner(second_factor=False)
    ours, thief = without_second_factor(), without_second_factor()
    set_up(ours, clock)
    assert is_in(ours)
    assert not is_in(thief)
    assert not is_logged_in(thief)


@pytest.mark.slow
def test_t48_a_session_without_its_second_factor_enters_nothing(
    demanded: bool, subtests: Any
) -> None:
    client = by_password_only(make_owner())
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == CODE_AGAIN
    for path in STAFF:
        with subtests.test(path):
            assert {client.get(path).status_code, client.post(path).status_code} == {302}


@pytest.mark.parametrize("path", CHANGING)
def test_t48_a_session_without_its_second_factor_changes_no_account(path: str) -> None:
    client = by_password_only(make_owner())
    for response in (client.get(path), client.post(path, {"code": "1", "oldpassword": PASSWORD})):
        assert response.status_code == 302
        assert response["Location"].startswith(f"{CODE_AGAIN}?next=")


def test_t48_a_password_is_not_enough_for_what_needs_the_second_factor(clock: Clock) -> None:
    client = by_password_only(make_owner())
    assert client.get(AGAIN)["Location"] == CODE_AGAIN
    assert client.post(AGAIN, {"password": PASSWORD})["Location"] == CODE_AGAIN
    assert not is_in(client)
    assert client.get(REMOVE)["Location"].startswith(CODE_AGAIN)


def test_t48_a_code_makes_up_for_it(clock: Clock) -> None:
    client = by_password_only(make_owner())
    asked = client.get(LIST, follow=True)
    response = client.post(
        f"{CODE_AGAIN}?{asked.request['QUERY_STRING']}", {"code": code(clock), "next": LIST}
    )
    assert response["Location"] == LIST
    assert is_in(client)
    assert client.get(CHANGE).status_code == 200


def test_t48_the_second_factor_of_another_account_does_not_count(clock: Clock) -> None:
    make_owner()
    olive = make_owner("olive@example.org", second_factor=False)
    client = log_in(clock)
    Authenticator.objects.create(user=olive, type="totp", data={"secret": "x"})
    session = client.session
    given = session["second_factor"]
    other = by_password_only(olive)
    session = other.session
    session["second_factor"] = given
    session.save()
    assert not is_in(other)


def test_t48_removing_the_second_factor_ends_the_other_sessions(
    clock: Clock, settings: Any
) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    make_owner()
    ours = log_in(clock)
    clock.let_pass(minutes=1)
    other = log_in(clock)
    clock.let_pass(minutes=1)
    ours.get(REMOVE)
    assert ours.post(CODE_AGAIN, {"code": code(clock)}).status_code == 302
    assert ours.post(REMOVE).status_code == 302
    assert not Authenticator.objects.exists()
    assert is_in(ours)
    assert not is_logged_in(other)


def test_t48_a_new_password_ends_the_other_sessions(clock: Clock) -> None:
    make_owner()
    ours = log_in(clock)
    clock.let_pass(minutes=1)
    other = log_in(clock)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert ours.post(CHANGE, typed).status_code == 302
    assert is_in(ours)
    assert not is_logged_in(other)


def test_t48_a_login_that_began_with_the_former_password_does_not_end_well(clock: Clock) -> None:
    owner = make_owner()
    thief = browser(OUTSIDE)
    type_password(thief)
    owner.set_password(NEW)
    owner.save()
    assert thief.post(CODE, {"code": code(clock)})["Location"] == LOGIN
    assert not is_in(thief)


def test_t48_who_lost_the_app_is_helped_by_a_superuser(clock: Clock) -> None:
    owner = make_owner()
    log_in(clock)
    set_up_by = browser()
    make_owner("olive@example.org")
    type_password(set_up_by, email="olive@example.org")
    type_code(set_up_by, code(clock))
    (authenticator,) = Authenticator.objects.filter(user=owner)
    thief = by_password_only(owner)
    set_up_by.post(f"/admin/mfa/authenticator/{authenticator.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(user=owner).exists()
    assert not is_logged_in(thief)
    again = without_second_factor()
    assert again.get(LIST, follow=True).request["PATH_INFO"] == AGAIN
    set_up(again, clock)
    assert is_in(again)


def test_t48_no_page_of_the_admin_takes_a_password(clock: Clock) -> None:
    """Django's own have no limits."""
    make_owner()
    client = log_in(clock)
    typed = {"username": "sam@example.org", "password": PASSWORD}
    assert client.post("/admin/login/", typed)["Location"] == "/admin/"
    assert client.get("/admin/password_change/")["Location"] == CHANGE
    assert Client().post("/admin/login/", typed)["Location"].startswith(LOGIN)


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_t30_the_way_into_the_admin_leads_to_no_other_site(clock: Clock, goal: str) -> None:
    make_owner()
    for client in (log_in(clock), by_password_only(User.objects.get())):
        response = client.get(f"{reverse('admin:login')}?next={goal}")
        assert "evil" not in response["Location"]


def test_t48_the_operator_helps_the_only_superuser(clock: Clock) -> None:
    make_owner()
    thief = log_in(clock)
    call_command("remove-second-factor", " Sam@Example.org")
    assert not Authenticator.objects.exists()
    assert not is_logged_in(thief)
    assert without_second_factor().get(LIST, follow=True).request["PATH_INFO"] == AGAIN
    entry = AuditEntry.objects.get(action="remove second factor")
    assert (entry.actor, entry.object_id) == (None, str(User.objects.get().public_id))
    call_command("remove-second-factor", "sam@example.org")  # there is none any more
    assert AuditEntry.objects.filter(action="remove second factor").count() == 1


def test_the_operator_is_told_of_an_address_that_nobody_has() -> None:
    with pytest.raises(CommandError, match="No account"):
        call_command("remove-second-factor", "sam@example.org")


def test_a_session_outlives_a_new_secret_key(clock: Clock, settings: Any) -> None:
    make_owner()
    client = log_in(clock)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of the site, as long as it must be"
    assert is_in(client)


def test_the_page_of_second_factors_says_what_holds_here(demanded: bool) -> None:
    make_owner(second_factor=False)
    page = without_second_factor().get("/accounts/2fa/").content.decode()
    assert ("to enter the administration" in page) is demanded
