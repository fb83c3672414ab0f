"""Who may do what: kinds of accounts, and that nothing else but accounts/access.py answers it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory

from openletter.accounts import access, desk_site
from openletter.accounts.access import AT_THE_DESK, RULES, Action
from openletter.accounts.models import User
from openletter.letters.models import Letter
from openletter.lib.admin.pages import Careful
from openletter.lib.admin.permissions import AsksDesk
from tests.factories import log_in, make_letter, make_moderator

pytestmark = pytest.mark.django_db
PACKAGE = Path(settings.BASE_DIR) / "openletter"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
A = Action


def account(email: str = "sam@example.org", *held: str, **fields: Any) -> User:
    """Make staff who hold these permissions; `letters.*` is all of a package's."""
    fields = {"is_superuser": False, "second_factor": False, **fields}
    user = make_moderator(email, **fields)
    for name in held:
        package, _dot, codename = name.partition(".")
        found = Permission.objects.filter(content_type__app_label=package)
        found = found if codename == "*" else found.filter(codename=codename)
        assert found.exists(), name
        user.user_permissions.add(*found)
    return user


# --- Kinds of accounts ---------------------------------------------------------------------------

LETTERS = {action for action in Action if re.search("LETTERS|VERSIONS|TEXTS|UPDATES", action.name)}
SEEN = {A.SEE_LETTERS, A.SEE_VERSIONS, A.SEE_TEXTS, A.SEE_UPDATES, A.SEE_UPDATE_TEXTS}
KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...], set[Action]]] = {
    "somebody without the desk": ({"is_staff": False}, ("letters.*", "signatures.*"), set()),
    "a superuser without the desk": ({"is_staff": False, "is_superuser": True}, (), set()),
    "a dismissed superuser": ({"is_active": False, "is_superuser": True}, (), set()),
    "a dismissed organiser": ({"is_active": False}, ("letters.*",), set()),
    "staff without rights": ({}, (), {A.ENTER_DESK}),
    "an organiser": ({}, ("letters.*",), {A.ENTER_DESK, *LETTERS}),
    "a reader of letters": (
        {},
        tuple(
            f"letters.view_{kind}"
            for kind in ("letter", "textversion", "translation", "update", "updatetext")
        ),
        {A.ENTER_DESK, *SEEN},
    ),
    "who only begins letters": (
        {},
        ("letters.add_letter",),
        {A.ENTER_DESK, A.BEGIN_LETTERS, A.BEGIN_VERSIONS},
    ),
    "who only writes updates": (
        {},
        ("letters.add_update", "letters.add_updatetext"),
        {A.ENTER_DESK, A.BEGIN_UPDATES, A.PREVIEW_UPDATES, A.ADD_UPDATE_TEXTS},
    ),
    "a moderator": (
        {},
        ("signatures.change_signature", "moderation.view_auditentry"),
        {
            A.ENTER_DESK,
            A.SEE_SIGNATURES,
            A.DECIDE_SIGNATURES,
            A.ANSWER_CLAIMS,
            A.PLACE_FIRST_SIGNATORIES,
            A.SEE_RECORD,
            A.SEE_HISTORY,
        },
    ),
    "who answers people about themselves": (
        {},
        ("signatures.delete_signature",),
        {A.ENTER_DESK, A.FIND_PERSON, A.EXPORT_PERSON, A.ERASE_PERSON},
    ),
    "who sends mailings": (
        {},
        ("mailings.change_mailing",),
        {A.ENTER_DESK, A.SEE_MAILINGS, A.SEND_MAILINGS},
    ),
    "who watches mail": (
        {},
        ("mail.view_outgoingmail",),
        {A.ENTER_DESK, A.SEE_MAILS, A.SEE_DELIVERY},
    ),
    # The page of the delivery takes the other permission, too.
    "who only acts on mail": (
        {},
        ("mail.change_outgoingmail",),
        {A.ENTER_DESK, A.SEE_MAILS, A.ACT_ON_DELIVERY},
    ),
    "who lists sources": (
        {},
        ("moderation.add_listedsource", "moderation.view_listedsource"),
        {A.ENTER_DESK, A.LIST_SOURCES, A.SEE_SOURCES},
    ),
    "who looks after accounts": (
        {},
        ("accounts.*", "auth.*", "mfa.*"),
        {
            A.ENTER_DESK,
            A.SEE_TEAMS,
            A.SEE_ACCOUNTS,
            A.MAKE_ACCOUNTS,
            A.CHANGE_ACCOUNTS,
            A.DELETE_ACCOUNTS,
            A.SEE_GROUPS,
            A.SEE_SECOND_FACTORS,
        },
    ),
    "a superuser": ({"is_superuser": True}, (), set(Action)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_t34_each_kind_of_account_may_what_it_may_and_no_more(kind: str) -> None:
    fields, held, expected = KINDS[kind]
    user = account("sam@example.org", *held, **fields)
    assert {action for action in Action if access.may(user, action)} == expected


@pytest.mark.slow
def test_t34_a_stranger_may_nothing() -> None:
    assert not any(access.may(AnonymousUser(), action) for action in Action)


@pytest.mark.parametrize("action", [A.CHANGE_ACCOUNTS, A.DELETE_ACCOUNTS])
def test_t57_an_account_is_asked_about_by_itself(action: Action) -> None:
    helper = account("helper@example.org", "accounts.*")
    weaker = account("weaker@example.org", "accounts.view_user")
    stronger = account("stronger@example.org", "letters.view_letter")
    assert [access.may(helper, action, about) for about in (None, weaker, stronger)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("is_superuser", "number"), [(True, 4), (False, 0)])
def test_t57_only_who_gives_rights_finds_fields_for_them(is_superuser: bool, number: int) -> None:
    fields = {"is_superuser": is_superuser, "second_factor": True}
    helper = account("helper@example.org", "accounts.*", **fields)
    weaker = account("weaker@example.org")
    page = log_in(helper).get(f"/admin/accounts/user/{weaker.pk}/change/")
    rights = {"is_staff", "is_superuser", "groups", "user_permissions"}
    assert page.status_code == 200
    assert len(rights & set(page.context["adminform"].form.fields)) == number


# --- How it is asked -----------------------------------------------------------------------------


def test_t34_what_is_not_in_the_table_nobody_may_at_the_desk() -> None:
    boss = account(is_superuser=True)
    assert desk_site.may_act(boss, "view", Letter)
    assert not desk_site.may_act(boss, "delete", Letter)
    assert not desk_site.may_act(boss, "view", Permission)


def test_t34_who_may_not_do_it_learns_nothing_about_the_object(letter: Letter) -> None:
    nobody, boss = account(), account("boss@example.org", is_superuser=True)
    for pk in (letter.pk, 0):
        with pytest.raises(PermissionDenied):
            access.get_object(nobody, A.CHANGE_LETTERS, Letter, pk=pk)
    assert access.get_object(boss, A.CHANGE_LETTERS, Letter, pk=letter.pk) == letter
    with pytest.raises(Http404):
        access.get_object(boss, A.CHANGE_LETTERS, Letter.objects.none(), pk=letter.pk)


def test_t34_the_rule_about_an_object_holds_for_the_one_that_was_found() -> None:
    helper = account("helper@example.org", "accounts.*")
    stronger = account("stronger@example.org", "letters.view_letter")
    with pytest.raises(PermissionDenied):
        access.get_object(helper, A.CHANGE_ACCOUNTS, User, pk=stronger.pk)


@pytest.mark.parametrize(("held", "said"), [("letters.change_letter", "yes"), ("", "no")])
def test_templates_ask_with_and_without_an_object(held: str, said: str) -> None:
    request = RequestFactory().get("/")
    request.user = account("sam@example.org", *filter(None, [held]))
    page = Template(
        '{% load access %}{% may "CHANGE_LETTERS" as one %}{% may "CHANGE_LETTERS" row as two %}'
        '{% may "CHANGE_LETTERS" missing as three %}'
        "{{ one|yesno }} {{ two|yesno }} {{ three|yesno }}"
    )
    context = Context({"request": request, "row": make_letter()})
    assert page.render(context) == f"{said} {said} {said}"


# --- That it is asked here only ------------------------------------------------------------------


def test_every_action_has_a_rule_and_every_permission_exists() -> None:
    assert set(RULES) == set(Action)
    held = Permission.objects.values_list("content_type__app_label", "codename")
    known = {f"{package}.{codename}" for package, codename in held}
    assert {name for rule in RULES.values() for name in rule.permissions} <= known


def test_every_model_of_the_desk_stands_in_the_table() -> None:
    shown = set(admin.site._registry)
    within = {inline.model for desk in admin.site._registry.values() for inline in desk.inlines}
    assert {model._meta.label_lower for model in shown | within} == set(AT_THE_DESK)
    assert {act for acts in AT_THE_DESK.values() for act in acts} == {
        "view",
        "add",
        "change",
        "delete",
        "history",
    }


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
# What answers, or refuses, by itself.
ASKING = {
    *("has_perm", "has_perms", "has_module_perms", "get_all_permissions", "is_superuser"),
    *("is_staff", "PermissionDenied", "HttpResponseForbidden", "permission_required"),
    *("user_passes_test", "staff_member_required", "login_required"),
}
MAY_ASK = {
    "accounts/access.py": {"has_perm", "is_superuser", "is_staff", "PermissionDenied"},
    "accounts/access_to_accounts.py": {"is_superuser"},  # compares two accounts; asked by access.py
}


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def asked_in(path: Path) -> set[str]:
    """Return what a module reads, calls or imports of these, also by `getattr`."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr":
            found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return found & ASKING


@pytest.mark.slow
def test_nothing_but_access_asks_for_permissions_or_refuses() -> None:
    found = {str(path.relative_to(PACKAGE)): asked_in(path) for path in MODULES}
    assert {name: asked for name, asked in found.items() if asked} == MAY_ASK


# Where Django's questions are answered: all of them by asking on.
ANSWERS = {
    "accounts/desk_site.py": {"has_permission"},
    "lib/admin/permissions.py": {
        f"has_{act}_permission" for act in ("view", "add", "change", "delete")
    },
    "lib/admin/pages.py": {"has_module_permission"},
    # Of what is published nothing is changed or deleted, whoever asks.
    "letters/admin/texts.py": {"has_change_permission", "has_delete_permission"},
    "moderation/queue.py": {"has_decide_permission"},
    "signatures/admin.py": {"has_decide_permission"},
}


_ASKS_ON = re.compile(r"super\(\)\.has_|self\.(?:has_change|_may|get_model_perms)|access\.may\(")


@pytest.mark.slow
def test_permissions_of_the_admin_are_answered_by_asking_on() -> None:
    found: dict[str, set[str]] = {}
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and re.fullmatch(r"has_\w*permission", node.name):
                found.setdefault(str(path.relative_to(PACKAGE)), set()).add(node.name)
                assert _ASKS_ON.search(ast.unparse(node)), (path, node.name)
    assert found == ANSWERS


def test_no_admin_of_ours_answers_where_nobody_hears_it() -> None:
    """What `careful` puts in front of a class answers before it."""
    for desk in admin.site._registry.values():
        assert isinstance(desk, Careful)
        order = type(desk).__mro__
        behind = order[order.index(AsksDesk) + 1 :]
        ours = [one for one in behind if one.__module__.startswith("openletter.")]
        said = [name for one in ours for name in vars(one) if name.endswith("_permission")]
        assert said == []


def test_templates_ask_by_the_tag_and_for_actions_that_there_are() -> None:
    asked = set()
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\bperms\.|\bis_staff\b|\bis_superuser\b", source), path
        asked |= set(re.findall(r'{% may "?([^\s"]*)"?', source))
    assert len(asked) > 5
    assert asked <= set(Action.__members__)
