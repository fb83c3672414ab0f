"""The public pages of a letter's updates: what they show, to whom, and at what cost."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from openletter.letters import publishing, publishing_updates
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_letter, make_update

pytestmark = pytest.mark.django_db
BOTH = {"en": ("They have read it", "In parliament."), "de": ("Gelesen", "Im Parlament.")}


def titles(client: Client, address: str) -> list[str]:
    return [update.title for update in client.get(address).context["updates"]]


def test_the_list_shows_published_updates_newest_first(client: Client, letter: Letter) -> None:
    make_update(letter, texts={"en": ("First", "x")})
    make_update(letter, texts={"en": ("Second", "x")})
    make_update(letter, texts={"en": ("A draft", "x")}, published=False)
    assert titles(client, f"/{letter.slug}/updates/") == ["Second", "First"]


def test_a_reader_gets_the_pages_language_or_else_the_reference_language(
    client: Client, letter: Letter
) -> None:
    make_update(letter, texts=BOTH)
    make_update(letter, texts={"en": ("Only English", "x")})
    assert titles(client, f"/de/{letter.slug}/updates/") == ["Only English", "Gelesen"]
    page = client.get(f"/de/{letter.slug}/updates/2/").content.decode()
    assert 'lang="en"' in page
    assert "letter-note" in page


def test_the_letter_tells_of_its_newest_update_in_a_language_that_it_gained(
    client: Client, letter: Letter
) -> None:
    update = make_update(letter, texts={"en": ("They have read it", "x")})
    assert "They have read it" in client.get(f"/de/{letter.slug}/").content.decode()
    publishing_updates.write(update=update, language="de", title="Gelesen", markdown="x")
    page = client.get(f"/de/{letter.slug}/").content.decode()
    assert "Gelesen" in page
    assert "They have read it" not in page


def test_each_update_has_a_page_of_its_own(client: Client, letter: Letter) -> None:
    make_update(letter, texts=BOTH)
    page = client.get(f"/{letter.slug}/updates/1/").content.decode()
    assert "They have read it" in page
    assert "<p>In parliament.</p>" in page


def test_the_pages_are_public_and_set_no_cookie(client: Client, letter: Letter) -> None:
    make_update(letter)
    for address in ("updates/", "updates/1/"):
        response = client.get(f"/{letter.slug}/{address}")
        assert response["Cache-Control"] == PUBLIC
        assert response.has_header("ETag")
        assert not response.cookies
        assert client.post(f"/{letter.slug}/{address}").status_code == 405


@pytest.mark.parametrize("address", ["updates/2/", "updates/9999999999/", "updates/?after=x"])
def test_what_is_not_there_is_not_found(client: Client, letter: Letter, address: str) -> None:
    make_update(letter)
    assert client.get(f"/{letter.slug}/{address}").status_code == 404


def test_t15_nothing_of_a_draft_is_shown_anywhere(client: Client) -> None:
    letter = make_letter()
    make_update(letter, texts={"en": ("Embargo", "x")}, published=False)
    assert client.get(f"/{letter.slug}/updates/1/").status_code == 404
    for address in (f"/{letter.slug}/", f"/{letter.slug}/updates/"):
        assert "Embargo" not in client.get(address).content.decode()
    make_letter(slug="secret", state=Letter.State.DRAFT)
    assert client.get("/secret/updates/").status_code == 404


def test_a_letter_leads_to_its_news_when_there_are_any(client: Client, letter: Letter) -> None:
    address = f"/{letter.slug}/"
    assert "updates/" not in client.get(address).content.decode()
    make_update(letter)
    page = client.get(address).content.decode()
    assert f'href="/{letter.slug}/updates/1/"' in page
    assert f'href="/{letter.slug}/updates/"' in page


def test_an_address_that_the_letter_once_had_leads_to_its_news(
    client: Client, letter: Letter
) -> None:
    make_update(letter)
    publishing.keep_former_slug(letter=letter, former="former")
    assert client.get("/former/updates/")["Location"] == f"/{letter.slug}/updates/"
    response = client.get("/de/former/updates/1/")
    assert (response.status_code, response["Location"]) == (301, f"/de/{letter.slug}/updates/1/")


def test_many_updates_take_pages(client: Client, letter: Letter) -> None:
    for number in range(1, 24):
        make_update(letter, texts={"en": (f"No. {number}", "x")})
    first = client.get(f"/{letter.slug}/updates/")
    assert len(first.context["updates"]) == 20
    after = first.context["next_cursor"]
    assert titles(client, f"/{letter.slug}/updates/?after={after}") == ["No. 3", "No. 2", "No. 1"]


def test_one_update_and_ten_cost_the_same(
    client: Client, letter: Letter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_update(letter, texts=BOTH)
    client.get(f"/{letter.slug}/updates/")  # a process reads a letter's texts once
    with django_assert_num_queries(3):
        client.get(f"/{letter.slug}/updates/")
    for _ in range(9):
        make_update(letter, texts=BOTH)
    with django_assert_num_queries(3):
        assert len(titles(client, f"/{letter.slug}/updates/")) == 10
