"""Organisations sign with a form of their own, which asks who signs for them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail.outbox import delivery
from openletter.signatures import consents
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published, make_signature
from tests.signatures.steps import form_on

pytestmark = pytest.mark.django_db


def autocompletes(form: str) -> dict[str, str]:
    """Return what a browser would fill into the fields of a form."""
    fields = re.findall(r"<(?:input|select|textarea)[^>]*>", form)
    found = [
        (re.search(r' name="([^"]*)"', one), re.search(r' autocomplete="([^"]*)"', one))
        for one in fields
    ]
    return {name[1]: value[1] for name, value in found if name and value}


def test_each_form_asks_for_what_fits_and_leads_to_the_other(
    client: Client, letter: Letter
) -> None:
    path = f"/{letter.slug}/sign/"
    person = form_on(client.get(path).content.decode())
    club = form_on(client.get(f"{path}?as=organisation").content.decode())
    assert 'name="switch_to" value="organisation"' in person
    assert 'name="switch_to" value="person"' in club
    assert autocompletes(person) == {
        "altcha": "off", "name": "name", "email": "email", "title": "organization-title",
        "affiliation": "organization", "country": "country", "website": "off",
    }  # fmt: skip
    assert autocompletes(club) == {
        "altcha": "off", "name": "organization", "represented_by": "name", "email": "email",
        "country": "country", "website": "off",
    }  # fmt: skip
    assert ">Name</label>" in person
    assert ">Name of the organisation</label>" in club
    assert "Show my name" not in club


def test_the_letter_page_leads_to_the_form_for_organisations(
    client: Client, letter: Letter
) -> None:
    page = client.get(f"/{letter.slug}/").content.decode()
    assert 'name="switch_to" value="organisation"' in form_on(page)
    assert 'name="kind"' not in page


def test_an_organisation_says_who_signs_for_it(sign: Any) -> None:
    typed = {
        "kind": "organisation",
        "name": "350.org",
        "represented_by": " Olive  Beispiel, chair ",
    }
    assert sign(**typed, title="Dr.", affiliation="Elsewhere").status_code == 302
    signature = Signature.objects.get()
    assert (signature.kind, signature.name) == ("organisation", "350.org")
    assert signature.represented_by == "Olive Beispiel, chair"
    assert (signature.title, signature.affiliation) == ("", "")  # not asked of it


def test_nobody_need_sign_for_it_by_name(sign: Any) -> None:
    """A board may sign as such; and a form that was open during the upgrade has no such field."""
    assert sign(kind="organisation", name="42").status_code == 302
    assert Signature.objects.get().represented_by == ""


def test_a_person_is_not_represented(sign: Any) -> None:
    assert sign(name="Olive Beispiel", represented_by="Somebody").status_code == 302
    assert Signature.objects.get().represented_by == ""


def test_what_an_organisation_typed_wrong_comes_back_in_its_form(sign: Any) -> None:
    answer = sign(kind="organisation", name="", represented_by="https://example.org")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please enter the name of the organisation." in page
    assert 'href="#id_represented_by"' in page
    assert '<input type="hidden" name="kind" value="organisation"' in page


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["", "x", "PERSON", "person"])
def test_whoever_is_no_organisation_signs_as_a_person(sign: Any, kind: str) -> None:
    assert sign(kind=kind).status_code == 302
    assert Signature.objects.get().kind == "person"


def test_an_organisation_is_not_stored_as_a_person_where_only_people_sign(
    client: Client, sign: Any
) -> None:
    Letter.objects.update(takes_organisations=False)
    answer = sign(kind="organisation", name="Verein Beispiel")
    assert answer.status_code == 422
    assert "Only people can sign this letter" in answer.content.decode()
    assert Signature.objects.count() == 0
    for path in ("/open-letter/", "/open-letter/sign/?as=organisation"):
        page = client.get(path).content.decode()
        assert "switch_to" not in page
        assert ">Name</label>" in page


@pytest.mark.parametrize("name", ["350.org", "42", "Women@Work", "GOV.UK"])
def test_what_only_organisations_are_called_is_a_name_of_theirs(sign: Any, name: str) -> None:
    assert sign(kind="organisation", name=name).status_code == 302
    assert Signature.objects.get().name == name


def test_the_public_list_says_who_represents_it(client: Client) -> None:
    make_published(kind="organisation", name="Verein", represented_by="Olive <Beispiel>")
    page = client.get("/open-letter/signatures/").content.decode()
    assert "Organisation, represented by <bdi>Olive &lt;Beispiel&gt;</bdi>" in page


@pytest.mark.parametrize("represented_by", ["", "Olive <Beispiel>"])
@pytest.mark.parametrize("state", ["pending", "published"])
def test_what_is_public_of_it_is_said_of_the_organisation(
    client: Client, state: str, represented_by: str
) -> None:
    make = make_published if state == "published" else make_signature
    club = make(kind="organisation", name="Verein", represented_by=represented_by)
    purpose = "signed" if state == "published" else "confirm"
    token = tokens.make(purpose, club.public_id)
    page = client.get(f"/s/{token}/{purpose}/").content.decode()
    assert "our name" not in page.partition("<h1")[2]
    assert ("who represents it" in page) == bool(represented_by)


def test_the_receipt_names_who_represents_it(letter: Letter, mailoutbox: list[Any]) -> None:
    club = make_published(
        letter, kind="organisation", name="Verein", represented_by="Olive Beispiel", country="IS"
    )
    delivery.deliver_due("confirm")
    (receipt,) = mailoutbox
    assert "Verein, represented by Olive Beispiel, Iceland" in receipt.body
    assert "represented by Olive Beispiel" in receipt.alternatives[0][0]
    assert club.state == "published"


def test_the_rules_know_who_is_an_organisation(db: None) -> None:
    letter = make_letter()
    name = "Verein zur Förderung der Kinder- und Jugendarbeit in der Stadt am See und im Umland"
    assert make_published(letter, name=name, kind="organisation").state == "published"
    assert make_published(letter, name=name).held_because == "unlike a name"
    fake = make_published(letter, name="Verein", kind="organisation", represented_by="Аnna Li")
    assert fake.held_because == "mixed scripts"


def test_consents_are_kept_in_the_words_that_an_organisation_read(db: None) -> None:
    club = make_signature(kind="organisation", show_name=True, retain_name=True)
    person = make_signature(club.letter, show_name=True)
    before = make_signature(club.letter, kind="organisation", consent="2026-12")
    words = [[given.wording for given in consents.given_by(one)] for one in (club, person, before)]
    assert "Show the organisation’s name, and who signs for it, in public" in words[0]
    assert "Show my name in public" in words[1]
    assert words[2][0] == consents.WORDINGS["2026-12"].sign
    assert words[2][1:] == words[1][1:]


def test_the_form_shows_the_consents_that_are_kept(client: Client, letter: Letter) -> None:
    page = client.get(f"/{letter.slug}/sign/?as=organisation").content.decode()
    club = make_signature(letter, kind="organisation")
    for given in consents.given_by(club):
        assert given.wording in page
