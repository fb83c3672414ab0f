"""What people choose by the links in a mail: "this was not me", "stop all mail", no updates."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.lib import tokens
from openletter.mail.models import SuppressedAddress
from openletter.signatures.models import Signature
from tests.factories import make_published, make_signature
from tests.self_service.steps import acts
from tests.steps import SAME_ORIGIN

pytestmark = pytest.mark.django_db


def path_of(page: str, signature: Signature) -> str:
    token = tokens.make(page.replace("-", "_"), signature.public_id)
    return f"/s/{token}/{page}/"


@pytest.mark.parametrize("page", ["not-me", "stop", "unsubscribe"])
def test_t01_opening_the_links_changes_nothing(client: Client, page: str) -> None:
    signature = make_published(wants_updates=True)
    for _ in range(3):
        assert client.get(path_of(page, signature)).status_code == 200
        assert client.head(path_of(page, signature)).status_code == 200
    signature.refresh_from_db()
    assert (signature.state, signature.wants_updates) == ("published", True)
    assert not SuppressedAddress.objects.exists()


def test_t03_this_was_not_me_withdraws_a_published_signature(client: Client) -> None:
    signature = make_published()
    client.post(path_of("not-me", signature), headers=SAME_ORIGIN)
    signature.refresh_from_db()
    assert signature.state == "withdrawn"
    assert Tally.objects.get().people == 0
    assert LedgerEntry.objects.latest("index").kind == "withdrawn"
    assert SuppressedAddress.objects.get().topic == signature.letter.topic


@pytest.mark.parametrize("purpose", ["mine", "confirm", "signed"])
@pytest.mark.parametrize("state", ["pending", "held", "published", "removed"])
def test_t42_this_was_not_me_ends_every_earlier_link(
    client: Client, purpose: str, state: str
) -> None:
    """Whoever signed with somebody else's address may have seen the mail, and keeps nothing."""
    counts = state == "published"
    confirmed = None if state == "pending" else timezone.now()
    signature = make_published() if counts else make_signature(state=state, confirmed_at=confirmed)
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    client.post(path_of("not-me", signature), headers=SAME_ORIGIN)
    address = f"/s/{token}/" if purpose == "mine" else f"/s/{token}/{purpose}/"
    answer = client.get(address)
    assert answer.status_code == 410
    assert "/my-signature/" not in answer.content.decode()  # no mail would come
    assert client.post(path_of("not-me", signature), headers=SAME_ORIGIN).status_code == 200


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("pending", "expired"),
        ("held", "withdrawn"),
        ("removed", "withdrawn"),
        ("expired", "expired"),
    ],
)
def test_this_was_not_me_drops_what_does_not_count(client: Client, state: str, after: str) -> None:
    signature = make_signature(state=state, confirmed_at=timezone.now())
    for _ in range(2):
        assert client.post(path_of("not-me", signature), headers=SAME_ORIGIN).status_code == 200
    signature.refresh_from_db()
    assert signature.state == after
    assert not Tally.objects.exists()


def test_stop_all_mail_suppresses_the_address_everywhere_and_keeps_the_signature(
    client: Client,
) -> None:
    signature = make_published()
    client.post(path_of("stop", signature), headers=SAME_ORIGIN)
    signature.refresh_from_db()
    assert signature.state == "published"
    assert SuppressedAddress.objects.get().topic == ""


def test_one_click_unsubscribes_without_cookie_or_origin(client: Client) -> None:
    signature = make_published(wants_updates=True)
    response = client.post(path_of("unsubscribe", signature), {"List-Unsubscribe": "One-Click"})
    signature.refresh_from_db()
    assert (response.status_code, signature.wants_updates) == (200, False)


def test_unsubscribing_is_on_record_once(client: Client) -> None:
    signature = make_published(wants_updates=True)
    for _ in range(2):
        client.post(path_of("unsubscribe", signature))
    assert acts() == ["stop updates"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded; charset=ISO-8859-1"),
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded; charset=us-ascii"),
        (b"List-Unsubscribe=One-Click", "multipart/form-data"),
        (b"", ""),
        (b"", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"\xff\x00%ff%00", "application/x-www-form-urlencoded"),
        (b"{}", "application/json; charset=utf-16"),
        (b"x" * 100_000, "text/plain"),
    ],
)
def test_one_click_reads_no_body(client: Client, body: bytes, kind: str) -> None:
    signature = make_published(wants_updates=True)
    response = client.generic("POST", path_of("unsubscribe", signature), body, kind)
    signature.refresh_from_db()
    assert (response.status_code, signature.wants_updates) == (200, False)


def test_t26_another_site_can_press_none_of_the_buttons(client: Client) -> None:
    signature = make_published()
    for page in ("not-me", "stop"):
        response = client.post(path_of(page, signature), headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
    assert not SuppressedAddress.objects.exists()
