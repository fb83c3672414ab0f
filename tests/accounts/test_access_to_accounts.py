"""T57: whoever may look after accounts gets no right by it that they lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.forms.models import model_to_dict
from django.test import Client

from openletter.accounts.models import User
from tests.accounts.steps import make_account, make_helper, rights
from tests.asking import change
from tests.factories import log_in, make_moderator

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
GROUPS = "/admin/auth/group/"
NEW = "correct-horse-battery"


def everything_about(user: User) -> dict[str, Any]:
    """Return what an account is and may do, as the database has it now; {} when it is gone."""
    found = User.objects.filter(pk=user.pk).first()
    if found is None:
        return {}
    plain = model_to_dict(found, exclude=["groups", "user_permissions", "last_login"])
    return {**plain, "rights": sorted(found.user_permissions.values_list("codename", flat=True))}


TARGETS: dict[str, Callable[[User], User]] = {
    "a superuser": lambda _helper: make_account("super@example.org", is_superuser=True),
    "a dismissed superuser": lambda _helper: make_account(
        "super@example.org", is_superuser=True, is_active=False
    ),
    "one with another right": lambda _helper: make_account("olive@example.org", "change_letter"),
    "one with another right who was dismissed": lambda _helper: make_account(
        "olive@example.org", "change_letter", is_active=False
    ),
    "one with a right by a group": lambda _helper: in_a_group(make_account("olive@example.org")),
    "one with the same rights": lambda _helper: make_account("olive@example.org", "view_user"),
    "one without rights": lambda _helper: make_account("olive@example.org", is_staff=False),
    "themselves": lambda helper: helper,
}
BEYOND = list(TARGETS)[:5]
WITHIN = list(TARGETS)[5:]


def in_a_group(user: User) -> User:
    editors = Group.objects.create(name="editors")
    editors.permissions.set(rights("change_letter"))
    user.groups.add(editors)
    return user


def _form(user: User, **typed: str) -> dict[str, str]:
    active = {"is_active": "on"} if user.is_active else {}
    return {"email": user.email, "first_name": "", "last_name": "", **active, **typed}


def _save(desk: Client, user: User, **typed: str) -> Any:
    page = f"{USERS}{user.pk}/change/"
    if desk.get(page).status_code != 200:
        return desk.post(page, _form(user, **typed))
    return change(desk, page, _form(user, **typed))


def _set_password(desk: Client, user: User) -> Any:
    typed = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    return desk.post(f"{USERS}{user.pk}/password/", typed)


def _delete_selected(desk: Client, user: User) -> Any:
    typed = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    return desk.post(USERS, typed)


ACTS: dict[str, Callable[[Client, User], Any]] = {
    "the address": lambda desk, user: _save(desk, user, email="mine@example.org"),
    "the name": lambda desk, user: _save(desk, user, first_name="Olive"),
    "whether it is active": lambda desk, user: _save(
        desk, user, is_active="" if user.is_active else "on"
    ),
    "the password": _set_password,
    "whether it exists": lambda desk, user: desk.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}),
    "whether it exists, in the list": _delete_selected,
}
RIGHTS: dict[str, dict[str, Any]] = {
    "superuser": {"is_superuser": "on"},
    "staff": {"is_staff": "on"},
    "a right": {"user_permissions": "every"},
    "a group": {"groups": "every"},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("target", BEYOND)
def test_t57_an_account_with_other_rights_is_left_alone(target: str, act: str) -> None:
    helper = make_helper()
    account = TARGETS[target](helper)
    before = everything_about(account)
    response = ACTS[act](log_in(helper), account)
    assert response.status_code in {200, 302, 403}
    assert everything_about(account) == before


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("target", WITHIN[:2])
def test_an_account_that_can_do_no_more_may_be_changed(target: str, act: str) -> None:
    helper = make_helper()
    account = TARGETS[target](helper)
    before = everything_about(account)
    ACTS[act](log_in(helper), account)
    assert everything_about(account) != before


@pytest.mark.parametrize("act", ["whether it exists", "whether it exists, in the list"])
def test_an_account_may_be_deleted_with_its_second_factor(act: str) -> None:
    account = make_account("olive@example.org", second_factor=True)
    ACTS[act](log_in(make_helper()), account)
    assert everything_about(account) == {}


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("target", WITHIN)
def test_t57_only_superusers_give_rights(target: str, right: str) -> None:
    helper = make_helper()
    Group.objects.create(name="editors").permissions.set(rights("change_letter"))
    account = TARGETS[target](helper)
    before = everything_about(account)
    typed = {
        name: {
            "user_permissions": [one.pk for one in Permission.objects.all()],
            "groups": [one.pk for one in Group.objects.all()],
        }.get(name, value)
        for name, value in RIGHTS[right].items()
    }
    response = _save(log_in(helper), account, first_name="Olive", **typed)
    assert response.status_code == 302
    assert everything_about(account) == {**before, "first_name": "Olive"}
    assert not account.groups.exists()


@pytest.mark.parametrize("right", RIGHTS)
def test_superusers_give_rights(right: str) -> None:
    group = Group.objects.create(name="editors")
    account = make_account("olive@example.org", is_staff=False)
    before = everything_about(account)
    typed = {
        name: {"user_permissions": rights("change_letter")[0].pk, "groups": group.pk}.get(
            name, value
        )
        for name, value in RIGHTS[right].items()
    }
    _save(log_in(), account, **typed)
    assert everything_about(account) != before or account.groups.exists()


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("target", BEYOND)
def test_superusers_change_every_account(target: str, act: str) -> None:
    superuser = make_moderator("boss@example.org")
    account = TARGETS[target](superuser)
    before = everything_about(account)
    ACTS[act](log_in(superuser), account)
    assert everything_about(account) != before


@pytest.mark.parametrize("right", RIGHTS)
def test_t57_a_new_account_has_no_rights(right: str) -> None:
    typed = {
        "email": "new@example.org",
        "usable_password": "true",
        "password1": NEW,
        "password2": NEW,
        **{name: "1" if value == "every" else value for name, value in RIGHTS[right].items()},
    }
    log_in(make_helper()).post(f"{USERS}add/", typed)
    new = User.objects.get(email="new@example.org")
    assert (new.is_staff, new.is_superuser) == (False, False)
    assert not new.user_permissions.exists()
    assert not new.groups.exists()


@pytest.mark.parametrize("act", ["add", "change", "delete", "delete in the list"])
def test_t57_only_superusers_change_groups(act: str) -> None:
    helper = make_helper()
    group = Group.objects.create(name="helpers")
    helper.groups.add(group)
    every = [one.pk for one in Permission.objects.all()]
    desk = log_in(helper)
    typed = {"name": "helpers", "permissions": every}
    if act == "add":
        desk.post(f"{GROUPS}add/", {**typed, "name": "more"})
    elif act == "change":
        desk.post(f"{GROUPS}{group.pk}/change/", typed)
    elif act == "delete":
        desk.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
        desk.post(GROUPS, chosen)
    assert list(Group.objects.values_list("name", flat=True)) == ["helpers"]
    assert not group.permissions.exists()


def test_superusers_change_groups() -> None:
    log_in().post(f"{GROUPS}add/", {"name": "editors"})
    assert Group.objects.filter(name="editors").exists()


def test_t57_who_may_only_look_changes_nothing() -> None:
    viewer = make_account("viewer@example.org", "view_user", second_factor=True)
    account = make_account("olive@example.org", is_staff=False)
    before = everything_about(account)
    desk = log_in(viewer)
    for act in ACTS.values():
        act(desk, account)
    assert everything_about(account) == before
