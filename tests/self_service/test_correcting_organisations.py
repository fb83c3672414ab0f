"""What an organisation said about itself is put right in a form that fits it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from openletter.lib import tokens
from openletter.signatures.models import Signature
from tests.factories import make_published, make_signature

pytestmark = pytest.mark.django_db


def page_of(signature: Signature) -> str:
    token = tokens.make("mine", signature.public_id, generation=signature.generation)
    return f"/s/{token}/correct/"


def test_an_organisation_corrects_who_signs_for_it(client: Client) -> None:
    club = make_published(kind="organisation", name="350.org", represented_by="Olive Beispiel")
    path = page_of(club)
    form = client.get(path).content.decode()
    assert 'name="affiliation"' not in form
    assert 'value="Olive Beispiel"' in form
    sent = client.post(path, {"name": "350.org", "represented_by": "Berta Beispiel", "country": ""})
    assert sent.status_code == 302
    club.refresh_from_db()
    assert (club.name, club.represented_by, club.state) == (
        "350.org",
        "Berta Beispiel",
        "published",
    )


def test_what_an_organisation_said_before_can_still_be_taken_back(client: Client) -> None:
    club = make_published(kind="organisation", name="Verein", affiliation="Dachverband")
    path = page_of(club)
    assert 'value="Dachverband"' in client.get(path).content.decode()
    client.post(path, {"name": "Verein", "affiliation": "", "represented_by": ""})
    club.refresh_from_db()
    assert club.affiliation == ""


def test_a_person_is_not_asked_who_represents_them(client: Client) -> None:
    assert 'name="represented_by"' not in client.get(page_of(make_published())).content.decode()


def test_the_owner_sees_who_signs_for_the_organisation(client: Client) -> None:
    club = make_published(kind="organisation", name="Verein", represented_by="Olive Beispiel")
    page = client.get(page_of(club).removesuffix("correct/")).content.decode()
    assert "Represented by" in page
    assert "Olive Beispiel" in page


@pytest.mark.parametrize("shown", [True, False])
def test_an_organisation_is_not_spoken_to_as_a_person(client: Client, shown: bool) -> None:
    club = make_published(kind="organisation", name="Verein", show_name=shown)
    waiting = make_signature(kind="organisation", name="Club", show_name=shown)
    paths = [page_of(club).replace("correct/", "")]
    for purpose, signature in (("confirm", waiting), ("signed", club)):
        token = tokens.make(purpose, signature.public_id, generation=signature.generation)
        paths.append(f"/s/{token}/{purpose}/")
    pages = [client.get(path).content.decode() for path in paths]
    assert all("organisation" in page for page in pages)
    assert [re.findall(r"(?i)\b(?:my|your) name\b", page) for page in pages] == [[], [], []]
