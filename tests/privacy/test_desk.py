"""Staff hand over or erase one person's data: with a reason, on record, and only if they may."""

from __future__ import annotations

import json
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from openletter.lib.people.addresses import email_key
from openletter.moderation.models import AuditEntry
from openletter.privacy import flows
from openletter.signatures.models import Signature
from tests.factories import log_in, make_letter, make_moderator, make_published
from tests.self_service.steps import number
from tests.steps import SUZIE

pytestmark = pytest.mark.django_db
KEY = email_key(SUZIE).hex()
PERSON = f"/admin/privacy/{KEY}/"


def test_a_person_is_found_by_the_whole_address_which_stands_in_no_url() -> None:
    make_published(email=SUZIE, name="Suzie Signer")
    answer = log_in().post("/admin/privacy/", {"email": "SUZIE@example.org"})
    assert answer["Location"] == PERSON
    page = log_in(make_moderator("two@example.org")).get(PERSON).content.decode()
    assert "Suzie Signer" in page
    assert SUZIE not in page


def test_everything_is_handed_over_with_a_reason_on_record() -> None:
    make_published(email=SUZIE)
    answer = log_in().post(f"{PERSON}export/", {"reason": "asked by letter"})
    said = json.loads(answer.content)
    assert said["signatures"]["signatures"][0]["email"] == SUZIE
    entry = AuditEntry.objects.get(action="export person")
    assert (entry.reason, entry.actor is not None) == ("asked by letter", True)
    assert SUZIE not in entry.object_id


def test_nothing_is_handed_over_without_a_reason() -> None:
    make_published(email=SUZIE)
    answer = log_in().post(f"{PERSON}export/", {"reason": ""})
    assert answer.status_code == 302
    assert not AuditEntry.objects.filter(action="export person").exists()


def test_a_person_is_erased_on_every_letter_with_a_reason_on_record() -> None:
    for slug in ("one", "two"):
        make_published(make_letter(slug=slug), email=SUZIE)
    desk = log_in()
    desk.get(f"{PERSON}erase/")
    assert not Signature.objects.exclude(erased_at=None).exists()
    desk.post(f"{PERSON}erase/", {"reason": "asked by letter"})
    assert not Signature.objects.filter(erased_at=None).exists()
    entries = AuditEntry.objects.filter(action="erase signature")
    assert {(one.reason, one.actor is not None) for one in entries} == {("asked by letter", True)}


@pytest.mark.parametrize(("typed", "left"), [({}, 0), ({"keep_count": "on"}, 1)])
def test_staff_say_what_becomes_of_the_number(typed: dict[str, str], left: int) -> None:
    make_published(email=SUZIE)
    log_in().post(f"{PERSON}erase/", {"reason": "asked", **typed})
    assert number() == left


def test_nothing_is_erased_without_a_reason() -> None:
    make_published(email=SUZIE)
    assert log_in().post(f"{PERSON}erase/", {}).status_code == 200
    assert not Signature.objects.exclude(erased_at=None).exists()


@pytest.mark.parametrize("page", ["", f"{KEY}/", f"{KEY}/erase/"])
def test_t34_only_staff_who_may_delete_signatures_get_there(page: str) -> None:
    moderator = make_moderator("plain@example.org", is_superuser=False)
    moderator.user_permissions.add(*Permission.objects.filter(codename="change_signature"))
    assert log_in(moderator).get(f"/admin/privacy/{page}").status_code == 403
    moderator.user_permissions.add(*Permission.objects.filter(codename="delete_signature"))
    assert Client().get(f"/admin/privacy/{page}").status_code == 302


@pytest.mark.parametrize("key", ["x", "ab", "zz" * 32])
def test_what_is_no_key_is_no_page(key: str) -> None:
    assert log_in().get(f"/admin/privacy/{key}/").status_code == 404


@pytest.mark.parametrize("act", ["export", "erase"])
@pytest.mark.parametrize("key", ["zz", "x" * 64, "ab" * 31, "ab" * 33])
def test_what_is_no_key_of_a_person_is_not_on_record(act: str, key: str) -> None:
    answer = log_in().post(f"/admin/privacy/{key}/{act}/", {"reason": "asked by letter"})
    assert answer.status_code == 404
    assert not AuditEntry.objects.filter(object_kind="person").exists()


def test_a_key_is_on_record_as_it_is_kept() -> None:
    log_in().post(f"/admin/privacy/{' AB' * 32}/export/", {"reason": "asked by letter"})
    assert AuditEntry.objects.get(object_kind="person").object_id == "ab" * 16


def test_what_fails_to_be_handed_over_is_not_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = log_in()
    desk.raise_request_exception = False
    monkeypatch.setattr(flows, "export", Mock(side_effect=ValueError))
    assert desk.post(f"{PERSON}export/", {"reason": "asked by letter"}).status_code == 500
    assert not AuditEntry.objects.filter(object_kind="person").exists()
