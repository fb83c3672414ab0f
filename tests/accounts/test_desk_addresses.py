"""T34: every address of the desk lets in who holds its actions, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client

from openletter.accounts.access import RULES, TEAM_ROLES, Action
from openletter.accounts.models import Membership, Team, User
from openletter.mail.monitoring.dns_checks import lookup
from tests.accounts.desk_addresses import DESK, ON_OTHER_PAGES, Door
from tests.accounts.desk_samples import SECRET, address, make_samples
from tests.dns_server import NameServer
from tests.factories import log_in, make_moderator
from tests.steps import SUZIE
from tests.urls import all_routes

pytestmark = pytest.mark.django_db
DOORS = [(route, door) for route, doors in DESK.items() for door in doors]


@pytest.fixture
def samples() -> dict[str, Any]:
    return make_samples()


@pytest.fixture(autouse=True)
def _name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with NameServer({}) as server:
        monkeypatch.setattr(lookup, "system_resolver", server.resolver)
        yield


def permissions_of(actions: Iterable[Action]) -> Q:
    """Select the permissions each of which is enough for one of these actions."""
    found = Q(pk__in=[])
    for action in actions:
        for name in RULES[action].permissions:
            package, _dot, codename = name.partition(".")
            found |= Q(content_type__app_label=package, codename=codename)
    return found


def account_with(*actions: Action) -> User:
    """Make an account that may do this, and what cannot be told apart from it."""
    needs_superuser = any(RULES[action].superusers_only for action in actions)
    user = make_moderator(is_superuser=needs_superuser)
    user.user_permissions.set(Permission.objects.filter(permissions_of(actions)))
    return user


def account_without(action: Action) -> User:
    """Make an account that may do everything that a permission gives, but for this."""
    user = make_moderator(is_superuser=False, is_staff=action is not Action.ENTER_DESK)
    user.user_permissions.set(Permission.objects.exclude(permissions_of([action])))
    return user


def knock(client: Client, door: Door, path: str) -> HttpResponse:
    response: HttpResponse = getattr(client, door.method)(path)
    return response


def leads_out(response: HttpResponse) -> bool:
    """Say whether somebody was sent to the login, or to the front page for want of the object."""
    to = response.headers.get("Location", "")
    return to.startswith("/admin/login/") or to == "/admin/"


def test_t34_every_address_of_the_desk_has_a_row() -> None:
    routes = {route.removeprefix("admin/") for route in all_routes() if route.startswith("admin/")}
    assert len(routes) > 80
    assert routes == set(DESK)


def test_t34_every_action_is_taken_somewhere() -> None:
    asked = {action for _route, door in DOORS for action in door.actions}
    assert asked | ON_OTHER_PAGES == set(Action)
    assert not asked & ON_OTHER_PAGES


def test_t34_a_stranger_is_led_to_the_login(samples: dict[str, Any], subtests: Any) -> None:
    for route, door in DOORS:
        with subtests.test(f"{door.method} {route}"):
            response = knock(Client(), door, address(route, samples))
            assert (response.status_code, leads_out(response)) == (302, True)


@pytest.mark.slow
def test_t34_who_may_all_but_this_is_refused(samples: dict[str, Any], subtests: Any) -> None:
    for route, door in DOORS:
        for action in door.actions:
            with subtests.test(f"{door.method} {route} without {action}"), transaction.atomic():
                client = log_in(account_without(action))
                response = knock(client, door, address(route, samples))
                if action is Action.ENTER_DESK:
                    assert (response.status_code, leads_out(response)) == (302, True)
                else:
                    assert response.status_code == door.refused
                transaction.set_rollback(True)


@pytest.mark.slow
def test_t34_who_may_only_this_is_let_in(samples: dict[str, Any], subtests: Any) -> None:
    for route, door in DOORS:
        if door.is_shut:
            continue
        with subtests.test(f"{door.method} {route}"), transaction.atomic():
            client = log_in(account_with(*door.actions))
            response = knock(client, door, address(route, samples))
            assert response.status_code in door.let_in
            assert not leads_out(response)
            transaction.set_rollback(True)


def member(of: Team, role: str) -> User:
    """Make an account that has no permission, but is something in a team."""
    user = make_moderator("tim@example.org", is_superuser=False)
    Membership.objects.create(team=of, user=user, role=role)
    return user


@pytest.mark.slow
@pytest.mark.parametrize("role", Membership.Role)
def test_t34_a_member_is_let_in_by_their_role(
    samples: dict[str, Any], role: str, subtests: Any
) -> None:
    team, allowed = Team.objects.get(), TEAM_ROLES[role] | {Action.ENTER_DESK}
    for route, door in DOORS:
        if door.is_shut:
            continue
        with subtests.test(f"{door.method} {route} as {role}"), transaction.atomic():
            response = knock(log_in(member(team, role)), door, address(route, samples))
            if set(door.actions) <= allowed:
                assert response.status_code in door.let_in
                assert door.leads_home or not leads_out(response)
            else:
                assert response.status_code == door.refused
            transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("role", Membership.Role)
def test_t34_who_is_in_another_team_finds_nothing_of_this_one(
    samples: dict[str, Any], role: str, subtests: Any
) -> None:
    theirs = Team.objects.create(name="Speakers")
    for route, door in DOORS:
        with subtests.test(f"{door.method} {route} as {role}"), transaction.atomic():
            response = knock(log_in(member(theirs, role)), door, address(route, samples))
            said = response.content.decode()
            assert not [word for word in SECRET if word in said]
            if "<" in route and door.actions != (Action.ENTER_DESK,):
                assert response.status_code in {403, 404} or leads_out(response)
            transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("role", Membership.Role)
def test_t17_no_page_tells_a_team_the_address_of_a_signer(
    samples: dict[str, Any], role: str, subtests: Any
) -> None:
    client = log_in(member(Team.objects.get(), role))
    tells_of_signers = set()
    for route, door in DOORS:
        if door.method != "get":
            continue
        with subtests.test(f"{route} as {role}"):
            said = knock(client, door, address(route, samples)).content.decode()
            assert SUZIE not in said
            if "Winnie Wombat" in said:
                tells_of_signers.add(route)
    assert "signatures/signature/" in tells_of_signers


def test_t34_what_nobody_may_superusers_may_not(samples: dict[str, Any], subtests: Any) -> None:
    client = log_in()
    shut = [(route, door) for route, door in DOORS if door.is_shut]
    assert len(shut) > 20
    for route, door in shut:
        with subtests.test(f"{door.method} {route}"):
            assert knock(client, door, address(route, samples)).status_code == 403
