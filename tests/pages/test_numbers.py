"""The page of a letter's numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import charts
from openletter.lib.http.answer_classes import PUBLIC
from openletter.statistics import counting, following
from openletter.statistics.models import Movement
from tests.factories import make_held, make_letter, make_many, move_letter

pytestmark = pytest.mark.django_db
PATH = "/open-letter/numbers/"
LINK = f'href="{PATH}"'
DAY = datetime(2026, 11, 3, 10, tzinfo=UTC)


def html_of(client: Client, path: str = PATH) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def full(letter: Letter) -> Letter:
    make_many(letter, 6, country="DE")
    make_held(letter, asked_at=DAY)
    counting.count(now=timezone.now())
    following.follow()
    Movement.objects.update(hour=DAY)
    Movement.objects.create(letter=letter, hour=DAY, kind="removed", lines=11)
    return letter


def test_it_says_what_counts_what_waits_and_what_was_corrected(
    client: Client, full: Letter
) -> None:
    page = html_of(client)
    assert "The oldest was signed on 3 November 2026." in page
    assert "11 signatures were removed" in page
    assert "3 November 2026, 10:00 UTC" in page
    assert "Germany" in page
    assert "<polyline" in page
    assert page.count("<tr>") > 3


def test_it_is_in_german_too(client: Client, full: Letter) -> None:
    page = html_of(client, f"/de{PATH}")
    assert "Deutschland" in page
    assert "11 Unterschriften wurden entfernt" in page


def test_any_cache_may_keep_it(client: Client, full: Letter) -> None:
    response = client.get(PATH)
    assert response["Cache-Control"] == PUBLIC
    assert not response.cookies


def test_a_letter_that_nobody_signed_has_a_page_too(client: Client, letter: Letter) -> None:
    assert "All others are being counted" in html_of(client)


def test_the_letter_and_the_list_of_names_lead_to_it(client: Client, letter: Letter) -> None:
    for path in ("/open-letter/", "/open-letter/signatures/"):
        assert LINK in html_of(client, path)


def test_a_letter_may_keep_its_numbers_to_itself(client: Client, letter: Letter) -> None:
    Letter.objects.update(shows_numbers=False)
    assert client.get(PATH).status_code == 404
    for path in ("/open-letter/", "/open-letter/signatures/"):
        assert LINK not in html_of(client, path)


def test_addresses_are_found_and_methods_refused(client: Client, letter: Letter) -> None:
    assert client.post(PATH).status_code == 405
    make_letter(slug="draft", state=Letter.State.DRAFT)
    assert client.get("/draft/numbers/").status_code == 404
    move_letter(letter, to="renamed")
    assert client.get(PATH)["Location"] == "/renamed/numbers/"


def test_a_line_of_a_year_has_no_more_points_than_can_be_seen() -> None:
    assert charts.line([5]) is None
    short = charts.line([0, 5, 10])
    assert short is not None
    assert short.points == "0.0,200.0 300.0,100.0 600.0,0.0"
    long = charts.line(list(range(2000)))
    assert long is not None
    assert len(long.points.split()) <= 2 * charts.MOST_POINTS
    assert long.points.endswith("600.0,0.0")
