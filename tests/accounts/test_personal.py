"""What is held about staff: exported to them, and deleted by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from openletter.accounts import known_networks, personal, used_codes
from openletter.accounts.models import KnownNetwork, UsedCode, User
from openletter.lib.people.addresses import email_key
from openletter.lib.people.networks import Network, network_of
from openletter.lib.personal import Person
from tests.accounts.steps import HOME, OFFICE, SAM
from tests.factories import make_moderator

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NETWORKS = timedelta(days=settings.KEEP_NETWORKS_DAYS)


@pytest.fixture
def sam() -> User:
    return make_moderator(SAM)


def network(address: str = HOME) -> Network:
    found = network_of(address)
    assert found
    return found


def expire(*, limit: int = 100, dry_run: bool = False) -> dict[str, int]:
    found = personal.expire(now=NOW, limit=limit, dry_run=dry_run)
    return {one.what: one.number for one in found if one.number}


@pytest.mark.parametrize(("days", "left"), [(-1, 1), (1, 0)])
def test_a_network_is_deleted_some_time_after_the_last_login(
    sam: User, days: int, left: int
) -> None:
    then = NOW - NETWORKS
    known_networks.remember(network(), user=sam, now=then - timedelta(days=10))
    known_networks.remember(network(), user=sam, now=then - timedelta(days=days))
    assert KnownNetwork.objects.count() == 1
    expire()
    assert KnownNetwork.objects.count() == left


def test_a_network_that_is_too_old_is_not_known_though_it_is_still_there(sam: User) -> None:
    known_networks.remember(network(), user=sam, now=NOW - NETWORKS - timedelta(days=1))
    assert not known_networks.is_known(network(), email=SAM, now=NOW)


@pytest.mark.parametrize(("minutes", "left"), [(9, 1), (11, 0)])
def test_a_used_code_is_deleted_when_it_is_no_longer_right(
    sam: User, minutes: int, left: int
) -> None:
    used_codes.use(sam, "123456", now=NOW - timedelta(minutes=minutes))
    expire()
    assert UsedCode.objects.count() == left


def test_the_same_digits_are_right_again_one_day(sam: User) -> None:
    moments = [(0, True), (1, False), (11, True), (12, False)]
    used = [used_codes.use(sam, "123456", now=NOW + timedelta(minutes=at)) for at, _ in moments]
    assert used == [expected for _at, expected in moments]


def test_expiring_stops_at_its_limit_and_looks_without_deleting(sam: User) -> None:
    for number in range(5):
        old = NOW - NETWORKS - timedelta(days=1)
        known_networks.remember(network(f"192.0.2.{number}"), user=sam, now=old)
    assert list(expire(dry_run=True).values()) == [5]
    assert list(expire(limit=3).values()) == [3]
    assert KnownNetwork.objects.count() == 2


def test_staff_are_handed_what_is_held_about_them(sam: User) -> None:
    known_networks.remember(network(), user=sam, now=NOW)
    known_networks.remember(network(OFFICE), user=make_moderator("olive@example.org"), now=NOW)
    made = {"name": "blue key", "credential": "public key"}
    Authenticator.objects.create(user=sam, type="webauthn", data=made)
    found: dict[str, Any] = personal.export(Person(email_key=email_key(SAM)))
    assert [one["email"] for one in found["accounts"]] == [SAM]
    assert len(found["networks"]) == 1
    assert [one["name"] for one in found["passkeys"]] == ["blue key"]
    assert "public key" not in str(found)
    assert "password" not in str(found)


def test_what_is_kept_of_a_login_goes_with_the_account(sam: User) -> None:
    known_networks.remember(network(), user=sam, now=NOW)
    used_codes.use(sam, "123456", now=NOW)
    sam.delete()
    assert not KnownNetwork.objects.exists()
    assert not UsedCode.objects.exists()
