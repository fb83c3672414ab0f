"""Every number of a letter as JSON and as a table, for any site."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from openletter.statistics import counting, following
from openletter.statistics.models import CountryCount, Movement
from tests.factories import make_held, make_letter, make_many, make_signature, move_letter
from tests.queries import queries_of
from tests.sweeps.steps import begin, found, work

pytestmark = pytest.mark.django_db
BOTH = ("numbers.json", "numbers.csv")
DAY = datetime(2026, 11, 3, 10, tzinfo=UTC)


def count() -> None:
    counting.count(now=timezone.now())
    following.follow()


@pytest.fixture
def full(letter: Letter) -> Letter:
    make_many(letter, 3, country="FR")
    make_many(letter, 6, country="DE")
    make_held(letter, asked_at=DAY)
    make_signature(letter)
    count()
    Movement.objects.update(hour=DAY)
    Movement.objects.create(letter=letter, hour=DAY, kind="removed", lines=11)
    return letter


def test_it_says_every_number(client: Client, full: Letter) -> None:
    said: dict[str, Any] = client.get("/open-letter/numbers.json").json()
    assert (said["letter"], said["count"], said["people"]) == ("open-letter", 9, 9)
    said["not_counted"].pop("counted_at")
    assert said["not_counted"] == {
        "pending": 1,
        "held": 1,
        "held_since": "2026-11-03",
        "removed": 0,
        "withdrawn": 0,
    }
    assert (said["by_country"], said["other_countries"]) == ({"DE": 6}, 3)
    assert [(one["kind"], one["signatures"]) for one in said["corrections"]] == [("removed", 11)]
    first = said["by_day"][0]
    assert (first["date"], first["signed"], first["removed"]) == ("2026-11-03", 9, 11)


def test_the_table_says_the_same(client: Client, full: Letter) -> None:
    response = client.get("/open-letter/numbers.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(response.content.decode().splitlines()))
    found = {(row["about"], row["what"]): row["signatures"] for row in rows}
    assert found["counted", "people"] == "9"
    assert found["not counted", "held"] == "1"
    assert found["country", "DE"] == "6"
    assert found["country", "others"] == "3"
    assert found["correction", "removed"] == "11"
    assert {row["time"] for row in rows if row["what"] == "signed"} >= {"2026-11-03"}


def test_t19_a_public_note_is_no_formula_in_the_table(client: Client, letter: Letter) -> None:
    make_many(letter, 12, email_domain="machines.example")
    asked = found(letter, domain="machines.example")
    work(begin(asked, public_note='=HYPERLINK("http://evil.example")'))
    count()
    rows = csv.DictReader(client.get("/open-letter/numbers.csv").content.decode().splitlines())
    notes = [row["note"] for row in rows if row["about"] == "correction"]
    assert notes == ['\'=HYPERLINK("http://evil.example")']


def test_before_the_first_count_only_the_number_is_known(client: Client, letter: Letter) -> None:
    make_many(letter, 2)
    said = client.get("/open-letter/numbers.json").json()
    assert (said["count"], said["not_counted"], said["by_day"]) == (2, None, [])


@pytest.mark.parametrize("name", BOTH)
def test_any_site_may_fetch_it_and_any_cache_may_keep_it(
    client: Client, full: Letter, name: str
) -> None:
    response = client.get(f"/open-letter/{name}")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == PUBLIC
    assert not response.cookies


@pytest.mark.parametrize("name", BOTH)
def test_the_same_numbers_are_the_same_answer(client: Client, full: Letter, name: str) -> None:
    first = client.get(f"/open-letter/{name}")["ETag"]
    assert client.get(f"/open-letter/{name}")["ETag"] == first
    CountryCount.objects.update(signatures=77)
    assert client.get(f"/open-letter/{name}")["ETag"] != first


@pytest.mark.parametrize("name", BOTH)
def test_a_letter_may_keep_its_numbers_to_itself(client: Client, letter: Letter, name: str) -> None:
    Letter.objects.update(shows_numbers=False)
    assert client.get(f"/open-letter/{name}").status_code == 404


@pytest.mark.parametrize("name", BOTH)
def test_addresses_are_found_and_methods_refused(client: Client, letter: Letter, name: str) -> None:
    assert client.post(f"/open-letter/{name}").status_code == 405
    assert client.get(f"/unknown/{name}").status_code == 404
    make_letter(slug="draft", state=Letter.State.DRAFT)
    assert client.get(f"/draft/{name}").status_code == 404
    move_letter(letter, to="renamed")
    assert client.get(f"/open-letter/{name}")["Location"] == f"/renamed/{name}"


def test_it_costs_the_same_for_one_and_for_fifty(client: Client, letter: Letter) -> None:
    make_many(letter, 1)
    count()
    few = queries_of(client, "/open-letter/numbers.json")
    make_many(letter, 49)
    following.follow()
    assert queries_of(client, "/open-letter/numbers.json") == few <= 9
