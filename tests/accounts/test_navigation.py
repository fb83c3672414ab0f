"""The desk leads to what one may see, and says where one is."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from openletter.accounts import roles
from tests.accounts.steps import make_account
from tests.factories import log_in

pytestmark = pytest.mark.django_db
WAYS = re.compile(r'<li><a href="([^"]+)"( aria-current="page")?>([^<]+)</a></li>')


def ways(desk: Client, address: str = "/admin/") -> dict[str, tuple[str, bool]]:
    """Return what the navigation of a page says: label, address, whether it is here."""
    page = desk.get(address)
    assert page.status_code == 200
    (found,) = re.findall(r'<nav class="desk-ways".*?</nav>', page.content.decode(), re.DOTALL)
    return {label: (to, bool(here)) for to, here, label in WAYS.findall(found)}


@pytest.mark.parametrize(
    ("role", "places"),
    [
        ("Viewers", ["Letters", "Signatures", "News", "Record"]),
        ("Moderators", ["Letters", "Waiting", "Signatures", "News", "Record"]),
        ("Operators", ["Mail", "People", "Record"]),
    ],
)
def test_everybody_sees_the_places_that_are_open_to_them(role: str, places: list[str]) -> None:
    roles.ensure()
    user = make_account("olive@example.org", second_factor=True)
    user.groups.add(Group.objects.get(name=role))
    desk = log_in(user)
    found = ways(desk)
    assert list(found) == places
    assert {desk.get(to).status_code for to, _here in found.values()} == {200}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/admin/", None),
        ("/admin/signatures/signature/", "Signatures"),
        ("/admin/signatures/signature/queue/", "Waiting"),
        ("/admin/ledger/ledgerentry/", "Signatures"),
        ("/admin/letters/letter/add/", "Letters"),
        ("/admin/mail/outgoingmail/", "Mail"),
    ],
)
def test_it_says_where_one_is(desk: Client, address: str, place: str | None) -> None:
    found = [label for label, (_to, here) in ways(desk, address).items() if here]
    assert found == ([place] if place else [])


def test_who_has_not_logged_in_sees_no_way(client: Client) -> None:
    assert "desk-ways" not in client.get("/admin/", follow=True).content.decode()


def test_a_list_is_called_what_it_shows(desk: Client) -> None:
    assert "<h1>Signatures</h1>" in desk.get("/admin/signatures/signature/").content.decode()
