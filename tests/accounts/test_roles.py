"""Roles are there after the first start, and let people do what their name says."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from openletter.accounts import access, roles
from openletter.accounts.access import Action
from tests.factories import make_moderator

pytestmark = pytest.mark.django_db
A = Action


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_may_what_stands_in_its_row(role: str) -> None:
    assert roles.ensure() == list(roles.ROLES)
    user = make_moderator(is_superuser=False)
    user.groups.add(Group.objects.get(name=role))
    may = {action for action in Action if access.may(user, action)}
    assert set(roles.ROLES[role]) <= may
    assert may.isdisjoint({A.GIVE_RIGHTS, A.REMOVE_SECOND_FACTORS, A.DELETE_ACCOUNTS})


@pytest.mark.parametrize(
    ("role", "never"),
    [
        ("Viewers", {A.DECIDE_SIGNATURES, A.CHANGE_LETTERS, A.FIND_PERSON, A.SEE_MAILS}),
        ("Moderators", {A.CHANGE_LETTERS, A.PUBLISH_VERSIONS, A.ERASE_PERSON, A.SEND_MAILINGS}),
        ("Organisers", {A.ERASE_PERSON, A.MAKE_ACCOUNTS, A.ACT_ON_DELIVERY}),
        ("Operators", {A.DECIDE_SIGNATURES, A.PUBLISH_VERSIONS, A.SEND_MAILINGS}),
    ],
)
def test_a_role_may_no_more(role: str, never: set[Action]) -> None:
    roles.ensure()
    user = make_moderator(is_superuser=False)
    user.groups.add(Group.objects.get(name=role))
    assert not {action for action in never if access.may(user, action)}


def test_what_staff_made_of_a_role_stays() -> None:
    roles.ensure()
    Group.objects.get(name="Viewers").permissions.clear()
    Group.objects.get(name="Operators").delete()
    assert roles.ensure() == ["Operators"]
    assert not Group.objects.get(name="Viewers").permissions.exists()
