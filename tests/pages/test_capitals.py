"""An address in capitals leads to the letter: typed by hand, or made by a program for posters."""

from __future__ import annotations

import pytest
from django.test import Client

from openletter.letters.models import Letter
from tests.conftest import form_for
from tests.factories import make_letter, make_update, make_version, move_letter
from tests.queries import statements_of

pytestmark = pytest.mark.django_db
PAGES = (
    *("", "signatures/", "numbers/", "updates/", "updates/1/", "versions/", "versions/1/"),
    *("versions/2/changes/", "privacy/", "sign/", "my-signature/", "my-signature/sent/"),
)


@pytest.mark.parametrize("prefix", ["", "/de"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_letter_is_found_in_capitals(
    client: Client, letter: Letter, page: str, prefix: str
) -> None:
    make_version(letter, en="Other words.")
    make_update(letter)
    answer = client.get(f"{prefix}/OPEN-Letter/{page}")
    assert (answer.status_code, answer["Location"]) == (301, f"{prefix}/open-letter/{page}")
    assert client.get(answer["Location"]).status_code == 200


def test_so_is_the_number_for_scripts(client: Client, letter: Letter) -> None:
    answer = client.get("/OPEN-LETTER/count.json")
    assert (answer.status_code, answer["Location"]) == (301, "/open-letter/count.json")
    assert client.get(answer["Location"]).status_code == 200


def test_what_a_form_asks_is_answered_at_once(client: Client, letter: Letter) -> None:
    answer = client.get("/OPEN-LETTER/proof.json")
    assert (answer.status_code, answer.json()) == (200, {"asked": False})


def test_the_numbers_say_so_to_any_site(client: Client, letter: Letter) -> None:
    assert client.get("/OPEN-LETTER/count.json")["Access-Control-Allow-Origin"] == "*"


def test_a_former_address_in_capitals_leads_to_the_present_one(
    client: Client, letter: Letter
) -> None:
    move_letter(letter, to="renamed")
    assert client.get("/OPEN-LETTER/")["Location"] == "/renamed/"


def test_a_former_address_in_capitals_is_answered_by_every_door(
    client: Client, letter: Letter
) -> None:
    move_letter(letter, to="renamed")
    assert client.get("/OPEN-LETTER/count.json")["Location"] == "/renamed/count.json"
    assert client.get("/OPEN-LETTER/proof.json").status_code == 200
    assert client.post("/OPEN-LETTER/sign/", form_for(letter)).status_code == 302


@pytest.mark.parametrize("path", ["/NOTHING/", "/nothing/", "/NOTHING/count.json"])
def test_what_is_no_letter_costs_two_questions(client: Client, path: str) -> None:
    answer, asked = statements_of(lambda: client.get(path))
    assert (answer.status_code, len(asked)) == (404, 2)


def test_a_form_that_is_sent_to_an_address_in_capitals_is_taken(
    client: Client, letter: Letter
) -> None:
    assert client.post("/OPEN-LETTER/sign/", form_for(letter)).status_code == 302


def test_a_draft_stays_hidden_in_any_letters(client: Client) -> None:
    make_letter(slug="secret", state=Letter.State.DRAFT)
    for path in ("/SECRET/", "/SECRET/count.json", "/SECRET/sign/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/NOTHING/", "/NOTHING/count.json", "/NOTHING/sign/"])
def test_what_is_no_letter_is_none_in_capitals(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
