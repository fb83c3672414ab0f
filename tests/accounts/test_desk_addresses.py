"""T34: every address of the desk lets in who holds its actions, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from openletter.accounts.access import RULES, TEAM_ROLES, Action
from openletter.accounts.models import Membership, Team, User
from openletter.alarms import flows as alarms
from openletter.ledger.models import LedgerEntry
from openletter.lib.people.addresses import email_key
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle
from openletter.mail.monitoring.dns_checks import lookup
from openletter.mailings import flows
from openletter.moderation.models import AuditEntry, ListedSource, RuleSetting, WatchedName
from openletter.signatures.models import Signature
from tests.accounts.desk_addresses import DESK, ON_OTHER_PAGES, Door
from tests.dns_server import NameServer
from tests.factories import (
    log_in,
    make_draft,
    make_letter,
    make_moderator,
    make_published,
    make_update,
)
from tests.mail.outgoing import sent
from tests.steps import SUZIE
from tests.sweeps.steps import found
from tests.urls import all_routes

pytestmark = pytest.mark.django_db
DOORS = [(route, door) for route, doors in DESK.items() for door in doors]
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
# What stands in the samples of a team, for nobody else to read.
SECRET = ("Wombat", "wombat")
# Addresses that are no route by themselves, or need more than a path.
_INSTEAD = {
    "x": "nothing-here/",
    "x/": "ledger/",
    "autocomplete/": ("autocomplete/?app_label=letters&model_name=update&field_name=letter&term=x"),
}


@pytest.fixture
def samples() -> dict[str, Any]:
    """A row of everything, and what the parts of addresses are called that lead to it."""
    team = Team.objects.create(name="Wombats")
    letter = make_letter(texts={"en": ("Of wombats", "Dear world, listen.")}, team=team)
    account = make_moderator("olive@example.org", is_superuser=False)
    update, now = make_update(letter), timezone.now()
    make_published(letter, email=SUZIE, wants_updates=True, name="Winnie Wombat")
    throttles.pause(letter.topic, cause=Throttle.Cause.BOUNCES, now=now)
    alarms.raise_alarm("too many bounces", letter.topic, "Too many bounces.", now)
    mailing = flows.prepare(update_id=update.pk, actor_id=account.pk)
    mail = sent(state="parked", topic=letter.topic)
    listed = ListedSource.objects.create(
        kind="domain", value="example.org", verdict="hold", reason="odd"
    )
    return {
        "letters/letter": letter.pk,
        "claims/letters": letter.pk,
        "letters/textversion": make_draft(letter, en="Dear world, listen well.").pk,
        "letters/update": make_update(letter, published=False).pk,
        "mailings/mailing": mailing.pk,
        "sweeps/sweep": found(letter).pk,
        "signatures/signature": Signature.objects.get().pk,
        "ledger/ledgerentry": LedgerEntry.objects.latest("pk").pk,
        "moderation/auditentry": AuditEntry.objects.latest("pk").pk,
        "moderation/listedsource": listed.pk,
        "moderation/watchedname": WatchedName.objects.create(
            name="A B", spelling="a b", letter=letter
        ).pk,
        "moderation/rulesetting": RuleSetting.objects.create(
            rule="domain burst", mode="hint", letter=letter
        ).pk,
        "mail/outgoingmail": mail.pk,
        "accounts/team": team.pk,
        "accounts/user": account.pk,
        "auth/group": Group.objects.create(name="editors").pk,
        "mfa/authenticator": Authenticator.objects.get(user=account).pk,
        "delivery/throttles": letter.topic,
        "privacy/<str:key>": email_key(SUZIE).hex(),
        "member": 0,
        "invitation": 0,
        "to": "closed",
        "act": "cancel",
        "update_pk": update.pk,
        "mail_id": mail.pk,
        "alarm_id": alarms.open_alarms()[0].pk,
    }


@pytest.fixture(autouse=True)
def _name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with NameServer({}) as server:
        monkeypatch.setattr(lookup, "system_resolver", server.resolver)
        yield


def address(route: str, samples: dict[str, Any]) -> str:
    """Return the address of a sample."""
    row = samples.get("/".join(route.split("/")[:2]))
    path = _PART.sub(lambda part: str(samples.get(part[1], row)), _INSTEAD.get(route, route))
    return f"/admin/{path}"


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


def test_t34_what_nobody_may_superusers_may_not(samples: dict[str, Any], subtests: Any) -> None:
    client = log_in()
    shut = [(route, door) for route, door in DOORS if door.is_shut]
    assert len(shut) > 20
    for route, door in shut:
        with subtests.test(f"{door.method} {route}"):
            assert knock(client, door, address(route, samples)).status_code == 403
