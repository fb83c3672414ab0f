"""How a letter's number grew, and its number for who draws badges of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.embeds import program_views
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from openletter.statistics import following
from openletter.statistics.models import Movement
from tests.factories import make_letter, make_many, move_letter
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
SHIELDS, SERIES = "/open-letter/shields.json", "/open-letter/series.json"
BOTH = (SHIELDS, SERIES)
DAY = datetime(2026, 11, 3, 10, tzinfo=UTC)


def said(client: Client, path: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(path, follow=True).json()
    return found


@pytest.fixture
def grown(letter: Letter) -> Letter:
    """A letter whose signatures, all but one, are from before the last hours."""
    make_many(letter, 9)
    following.follow()
    Movement.objects.update(hour=DAY)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    Movement.objects.create(letter=letter, hour=DAY + timedelta(days=1), kind="removed", lines=2)
    Movement.objects.create(letter=letter, hour=hour, kind="signed", lines=2)
    return letter


def test_shields_get_what_their_schema_asks_for(client: Client, letter: Letter) -> None:
    make_many(letter, 1_200)
    assert said(client, SHIELDS) == {
        "schemaVersion": 1,
        "label": "signatures",
        "message": "1,200",
        "color": "#1d3f94",
    }


@pytest.mark.parametrize(
    ("asked", "label"),
    [("", "Unterschriften"), ("?lang=en", "signatures"), ("?lang=%00&x=1", "Unterschriften")],
)
def test_shields_say_it_in_the_language_that_is_asked_for_or_the_letters(
    client: Client, asked: str, label: str
) -> None:
    make_letter(texts={"de": ("Hört zu!", "Liebe Welt, hör zu.")}, reference_language="de")
    assert said(client, SHIELDS + asked)["label"] == label


def test_the_series_tells_days_and_hours_that_are_over(client: Client, grown: Letter) -> None:
    found = said(client, SERIES)
    assert (found["letter"], found["count"]) == ("open-letter", 9)
    assert found["by_day"][:2] == [
        {"date": "2026-11-03", "count": 9, "added": 9, "taken_away": 0},
        {"date": "2026-11-04", "count": 7, "added": 0, "taken_away": 2},
    ]
    assert len(found["by_hour"]) == 48
    assert {**found["by_hour"][-1], "hour": ""} == {
        "hour": "", "count": 9, "added": 2, "taken_away": 0,
    }  # fmt: skip
    assert datetime.fromisoformat(found["by_hour"][-1]["hour"]).minute == 0


def test_the_series_of_years_ends_today_and_is_not_longer_than_one(
    client: Client, grown: Letter
) -> None:
    Movement.objects.filter(kind="signed", hour=DAY).update(hour=DAY - timedelta(days=2_000))
    days = said(client, SERIES)["by_day"]
    assert (len(days), days[0]["count"]) == (program_views.DAYS, 9)


def test_before_anything_is_followed_the_series_has_the_number(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 2)
    found = said(client, SERIES)
    assert (found["count"], found["by_day"], found["by_hour"]) == (2, [], [])


def test_a_letter_may_keep_how_it_grew_to_itself(client: Client, grown: Letter) -> None:
    Letter.objects.update(shows_numbers=False)
    response = client.get(SERIES)
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
    assert client.get(SHIELDS).status_code == 200


@pytest.mark.parametrize("path", BOTH)
def test_any_site_may_fetch_it_and_any_cache_may_keep_it(
    client: Client, grown: Letter, path: str
) -> None:
    response = client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == PUBLIC
    assert not response.cookies
    again = client.get(path, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path)["ETag"] == response["ETag"]


@pytest.mark.parametrize("path", BOTH)
def test_another_number_is_another_answer(client: Client, grown: Letter, path: str) -> None:
    first = client.get(path)["ETag"]
    assert client.get(path)["ETag"] == first
    make_many(grown, 1)
    assert client.get(path)["ETag"] != first


@pytest.mark.parametrize("path", BOTH)
def test_drafts_have_none_closed_letters_do_and_former_addresses_lead_on(
    client: Client, letter: Letter, path: str
) -> None:
    make_letter(slug="draft", state=Letter.State.DRAFT)
    for missing in (path.replace("open-letter", "draft"), path.replace("open-letter", "nothing")):
        response = client.get(missing)
        assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
        assert response["Access-Control-Allow-Origin"] == "*"
    Letter.objects.filter(pk=letter.pk).update(state="closed")
    assert client.get(path).status_code == 200
    move_letter(letter, to="renamed")
    response = client.get(path)
    assert response.status_code == 301
    assert response["Location"] == path.replace("open-letter", "renamed")
    assert client.post(path).status_code == 405


def test_a_former_address_leads_on_with_what_was_asked_for(client: Client, letter: Letter) -> None:
    move_letter(letter, to="renamed")
    assert client.get(f"{SHIELDS}?lang=de")["Location"] == "/renamed/shields.json?lang=de"


@pytest.mark.parametrize("path", BOTH)
def test_it_costs_the_same_for_one_and_for_fifty(client: Client, letter: Letter, path: str) -> None:
    make_many(letter, 1)
    following.follow()
    few = queries_of(client, path)
    make_many(letter, 49)
    following.follow()
    assert queries_of(client, path) == few <= 6
