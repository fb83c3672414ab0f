"""`/<slug>/privacy/` says in plain words, and with the real numbers, what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings import in_force
from tests.factories import make_letter, move_letter
from tests.other_program import SECRET

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/open-letter/privacy/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_says_the_numbers_that_are_set(client: Client, settings: Any) -> None:
    make_letter(retention_months=17)
    settings.KEEP_UNCONFIRMED_DAYS, settings.KEEP_NETWORKS_DAYS, settings.KEEP_MAILS_DAYS = (
        41,
        12,
        77,
    )
    said = page(client)
    for words in (
        "If you do not confirm: 41 days",
        "The hash of your network: 12 days",
        "The record of e-mails to you: 77 days",
        "until 17 months after the letter closes",
        "valid for 7 days",
    ):
        assert words in said


def test_it_says_whom_to_write_to(client: Client, letter: Letter, settings: Any) -> None:
    settings.PRIVACY_CONTACT = "privacy@example.org"
    assert "mailto:privacy@example.org" in page(client)


def test_it_says_that_a_program_is_asked_and_what_it_is_told(
    client: Client, letter: Letter, settings: Any
) -> None:
    assert "A program" not in page(client)
    settings.EXTERNAL_RULE_URL = "https://rules.example.org/"
    settings.EXTERNAL_RULE_SECRET = SECRET
    assert "the part of your address after the @" in page(client)
    assert "Nobody else gets it." in page(client)
    settings.EXTERNAL_RULE_SENDS_ADDRESSES = True
    assert "and your address, when you confirm" in page(client)
    assert "Nobody else gets it." not in page(client)
    RuleSetting.objects.create(rule="external rule", mode="off", letter=letter)
    in_force.forget()
    assert "A program" not in page(client)


def test_it_says_that_owners_of_networks_are_kept(
    client: Client, letter: Letter, settings: Any
) -> None:
    assert "who runs it" not in page(client)
    settings.NETWORKS_FILE = ["missing.mmdb"]
    assert "the country of the network, and who runs it" in page(client)


def test_every_form_leads_to_it(client: Client, letter: Letter) -> None:
    for address in ("/open-letter/", "/open-letter/sign/"):
        assert 'href="/open-letter/privacy/"' in page(client, address)


def test_the_letter_leads_to_the_way_to_ones_own_signature(client: Client, letter: Letter) -> None:
    assert 'href="/open-letter/my-signature/"' in page(client, "/open-letter/")


def test_a_draft_has_none_and_a_moved_letter_leads_on(client: Client) -> None:
    letter = make_letter()
    move_letter(letter, to="renamed")
    assert client.get("/open-letter/privacy/")["Location"] == "/renamed/privacy/"
    Letter.objects.update(state=Letter.State.DRAFT)
    assert client.get("/renamed/privacy/").status_code == 404
