"""T56: what makes codes is encrypted in the database, and nobody is shown it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet, InvalidToken
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from openletter.accounts.models import User
from openletter.lib import crypto
from tests.accounts.steps import (
    AGAIN,
    PASSWORD,
    SET_UP,
    Clock,
    browser,
    code,
    make_helper,
    make_owner,
    type_code,
    type_password,
)
from tests.factories import TOTP_SECRET, log_in, make_moderator

pytestmark = pytest.mark.django_db
SEED = "5eed" * 20


def everything_stored() -> str:
    """Return all rows of all tables, as the database would dump them."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" AS t')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def stored() -> dict[str, Any]:
    return {one.type: one.data for one in Authenticator.objects.all()}


@pytest.fixture
def owner() -> User:
    """Somebody with an app and recovery codes."""
    owner = make_owner()
    RecoveryCodes.activate(owner)
    return owner


def test_t56_secrets_are_stored_encrypted(owner: User) -> None:
    (seed,) = [crypto.decrypt(data["seed"]) for data in stored().values() if "seed" in data]
    assert crypto.decrypt(stored()["totp"]["secret"]) == TOTP_SECRET
    dump = everything_stored()
    assert "accounts_user" not in dump  # rows, not names
    assert owner.email in dump
    assert TOTP_SECRET not in dump
    assert seed not in dump


def test_t56_a_secret_that_is_being_set_up_is_encrypted_too(clock: Clock) -> None:
    make_owner(second_factor=False)
    client = browser()
    type_password(client)
    client.post(AGAIN, {"password": PASSWORD})
    secret = client.get(SET_UP).context["form"].secret
    assert secret in str(dict(client.session))
    rows = [Session.objects.get().session_data, everything_stored()]
    for text in (*rows, json.dumps(Session.objects.get().get_decoded())):
        assert secret not in text
    assert client.post(SET_UP, {"code": code(clock, secret=secret)}).status_code == 302


def test_a_session_that_cannot_be_read_is_nobodys() -> None:
    client = log_in()
    Session.objects.update(session_data="not encrypted")
    assert client.get("/admin/").status_code == 302


def test_without_its_key_a_secret_is_no_secret_at_all(owner: User, clock: Clock) -> None:
    """Else the codes of an empty secret would open every account."""
    foreign = Fernet(Fernet.generate_key()).encrypt(TOTP_SECRET.encode()).decode()
    Authenticator.objects.filter(type="totp").update(data={"secret": foreign})
    client = browser()
    type_password(client)
    with pytest.raises(InvalidToken):
        type_code(client, code(clock, secret=""))


# --- In the admin -------------------------------------------------------------------------------


def pages_about(owner: User) -> list[str]:
    """Every page of the admin about a person or their second factor, and every list."""
    factors = Authenticator.objects.values_list("pk", flat=True)
    rows = [f"/admin/mfa/authenticator/{pk}/" for pk in factors]
    rows.append(f"/admin/accounts/user/{owner.pk}/")
    lists = [
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model in admin.site._registry
    ]
    parts = ("", "change/", "history/", "delete/")
    return [*lists, *(f"{row}{part}" for row in rows for part in parts)]


@pytest.mark.slow
def test_t56_no_page_of_the_admin_shows_a_secret(owner: User) -> None:
    desk = log_in(make_moderator("olive@example.org"))
    secrets = [
        TOTP_SECRET,
        *(str(data.get("secret", data.get("seed"))) for data in stored().values()),
    ]
    secrets += RecoveryCodes.activate(owner).get_unused_codes()
    seen = 0
    for path in pages_about(owner):
        page = desk.get(path, follow=True).content.decode()
        seen += "Authenticator" in page
        assert [secret for secret in secrets if secret in page] == [], path
    assert seen >= 4


def test_t56_the_list_of_second_factors_filters_by_no_secret(owner: User) -> None:
    desk = log_in(make_moderator("olive@example.org"))
    assert _listed(desk, "mfa/authenticator", "type__exact=totp")
    for lookup in ("data__secret__startswith=g", "data__icontains=g", "user__password__contains=p"):
        assert _listed(desk, "mfa/authenticator", lookup) == [], lookup
    assert _listed(desk, "accounts/user", "authenticator__data__contains=g") == []


def _listed(desk: Client, path: str, query: str) -> list[object]:
    return list(desk.get(f"/admin/{path}/?{query}", follow=True).context["cl"].result_list)


def test_addresses_of_accounts_are_written_down_in_one_place_only() -> None:
    """With allauth's page staff could give a superuser's account an address of their own."""
    assert log_in().get("/admin/account/emailaddress/").status_code == 404


def test_a_second_factor_is_removed_by_superusers_only(owner: User) -> None:
    (totp,) = Authenticator.objects.filter(type="totp", user=owner)
    path = f"/admin/mfa/authenticator/{totp.pk}/"
    helper = log_in(make_helper())
    assert helper.get(f"{path}change/").status_code == 200
    assert helper.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    assert Authenticator.objects.filter(user=owner).count() == 2
    log_in(make_moderator("olive@example.org")).post(f"{path}delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(user=owner).exists()


def test_many_second_factors_are_removed_with_their_recovery_codes(owner: User) -> None:
    desk: Client = log_in(make_moderator("olive@example.org"))
    (totp,) = Authenticator.objects.filter(type="totp", user=owner)
    typed = {"action": "delete_selected", "_selected_action": [totp.pk], "post": "yes"}
    desk.post("/admin/mfa/authenticator/", typed)
    assert not Authenticator.objects.filter(user=owner).exists()
