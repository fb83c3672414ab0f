"""The home page: every public letter with its number."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_letter, make_many
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


def test_without_a_letter_it_says_so(client: Client) -> None:
    response = client.get("/")
    assert response.context["letters"] == []
    assert 'class="home__empty"' in response.content.decode()


def test_it_shows_each_letter_with_its_own_number(client: Client) -> None:
    for number, slug in enumerate(("one", "two")):
        make_many(make_letter(slug=slug), number + 1)
    shown = {
        entry["letter"].slug: entry["numbers"].count for entry in client.get("/").context["letters"]
    }
    assert shown == {"one": 1, "two": 2}


def test_closed_letters_are_shown_and_drafts_are_not(client: Client) -> None:
    for state in Letter.State:
        make_letter(slug=state.value, state=state)
    shown = {entry["letter"].slug for entry in client.get("/").context["letters"]}
    assert shown == {"open", "closed", "archived"}


def test_it_sets_no_cookie_and_may_be_kept_by_anyone(client: Client) -> None:
    response = client.get("/")
    assert not response.cookies
    assert response["Cache-Control"] == PUBLIC


def test_it_leads_to_the_letters_in_its_own_language(client: Client, letter: Letter) -> None:
    assert 'href="/open-letter/"' in client.get("/").content.decode()
    assert 'href="/de/open-letter/"' in client.get("/de/").content.decode()


def test_one_letter_and_ten_letters_need_the_same_number_of_queries(client: Client) -> None:
    make_letter(slug="letter-0")
    few = queries_of(client, "/")
    for number in range(1, 10):
        make_letter(slug=f"letter-{number}")
    assert queries_of(client, "/") == few


@pytest.mark.usefixtures("letter")
def test_it_reads_no_letter_whole(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert [
        one["sql"] for one in asked if '"html"' in one["sql"] or '"markdown"' in one["sql"]
    ] == []
