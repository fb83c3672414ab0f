"""A letter's public number as JSON, for any site and any cache."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.counters import counts
from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from openletter.signatures.models import Signature
from tests.factories import (
    decide,
    make_draft,
    make_letter,
    make_many,
    make_published,
    make_signature,
    make_version,
    move_letter,
    text_of,
)
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PATH = "/open-letter/count.json"


def said(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(PATH).json()
    return found


def test_it_says_how_many_signed(client: Client) -> None:
    letter = make_letter(goal=2000)
    make_many(letter, 3)
    make_published(letter, kind="organisation")
    as_of = said(client).pop("as_of")
    assert {**said(client), "as_of": as_of} == {
        "letter": "open-letter",
        "title": text_of(letter).title,
        "url": f"{settings.SITE_URL}/open-letter/",
        "count": 4,
        "people": 3,
        "organisations": 1,
        "by_version": {"1": 4},
        "goal": 2000,
        "next_goal": 25,
        "open": True,
        "closes_at": None,
        "as_of": as_of,
    }


def test_it_says_until_when_one_can_sign_and_when_that_is_over(client: Client) -> None:
    letter = make_letter(closes_at=datetime(2100, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert (said(client)["open"], said(client)["closes_at"]) == (True, "2100-01-02T03:04:05+00:00")
    Letter.objects.filter(pk=letter.pk).update(state="closed")
    assert said(client)["open"] is False


@pytest.mark.parametrize(
    ("signed", "goal", "follows"),
    [
        (0, None, 25), (24, None, 25), (25, None, 50), (99, None, 100), (100, None, 250),
        (9_999, None, 10_000), (10_000, None, 25_000), (1_821, 2_000, 2_000), (1_821, None, 2_500),
        (40, 45, 45), (45, 45, 50), (0, 10, 10), (12, 10, 25), (1_000_000, 2, 2_500_000),
    ],
)  # fmt: skip
def test_the_next_goal_is_round_and_within_reach(
    signed: int, goal: int | None, follows: int
) -> None:
    numbers = counts.Numbers(people=signed, organisations=0, goal=goal, as_of=timezone.now())
    assert numbers.next_goal == follows


def test_it_says_since_when_the_number_holds(client: Client, letter: Letter) -> None:
    as_of = datetime.fromisoformat(said(client)["as_of"])
    assert timedelta(0) <= timezone.now() - as_of < timedelta(minutes=5)


def test_a_letter_that_nobody_signed_has_the_number_nought(client: Client, letter: Letter) -> None:
    assert (said(client)["count"], said(client)["goal"]) == (0, None)


def test_only_published_signatures_count(client: Client, letter: Letter) -> None:
    for state in Signature.State:
        if state != Signature.State.PUBLISHED:
            make_signature(letter, state=state, confirmed_at=timezone.now())
    make_published(letter)
    assert said(client)["count"] == 1


def test_each_letter_has_its_own_number(client: Client, letter: Letter) -> None:
    make_many(make_letter(slug="another"), 5)
    make_published(letter)
    assert said(client)["count"] == 1
    assert client.get("/another/count.json").json()["count"] == 5


def test_any_site_may_fetch_it_and_any_cache_may_keep_it(client: Client, letter: Letter) -> None:
    response = client.get(PATH, headers={"Origin": "https://elsewhere.example"})
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == PUBLIC
    assert not response.cookies


def test_t29_no_site_gets_it_with_somebodys_authority(client: Client, letter: Letter) -> None:
    response = client.get(PATH, headers={"Origin": "https://elsewhere.example"})
    assert not response.has_header("Access-Control-Allow-Credentials")
    for path in ("/", "/open-letter/", "/open-letter/sign/", "/accounts/login/", "/readyz"):
        assert not client.get(path).has_header("Access-Control-Allow-Origin"), path


def test_the_etag_is_the_same_while_the_number_is(
    client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(letter, 3)
    first = client.get(PATH)
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    second = client.get(PATH)
    assert second.content != first.content  # it says the time
    assert second["ETag"] == first["ETag"]
    make_many(letter, 1)
    assert client.get(PATH)["ETag"] != first["ETag"]


def test_a_new_goal_is_another_answer(client: Client, letter: Letter) -> None:
    first = client.get(PATH)["ETag"]
    Letter.objects.update(goal=5)
    assert client.get(PATH)["ETag"] != first


def test_who_knows_the_number_is_told_so_in_a_few_bytes(client: Client, letter: Letter) -> None:
    etag = client.get(PATH)["ETag"]
    response = client.get(PATH, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == PUBLIC


def test_a_former_address_leads_on_for_any_site_too(client: Client, letter: Letter) -> None:
    move_letter(letter, to="renamed")
    response = client.get(PATH)
    assert (response.status_code, response["Location"]) == (301, "/renamed/count.json")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_an_unknown_letter_has_no_number(client: Client, letter: Letter) -> None:
    response = client.get("/unknown/count.json")
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")


def test_a_wrong_method_is_refused(client: Client, letter: Letter) -> None:
    assert client.post(PATH).status_code == 405


def test_it_costs_the_same_for_one_and_for_fifty(client: Client, letter: Letter) -> None:
    make_many(letter, 1)
    few = queries_of(client, PATH)
    make_many(letter, 49)
    assert queries_of(client, PATH) == few <= 2


@pytest.mark.parametrize(
    ("goal", "signed", "percent"),
    [(None, 5, None), (10, 5, 50), (3, 1, 33), (3, 5, 100), (7, 0, 0)],
)
def test_how_much_of_the_goal_is_reached_is_never_more_than_all(
    goal: int | None, signed: int, percent: int | None
) -> None:
    numbers = counts.Numbers(people=signed, organisations=0, goal=goal, as_of=timezone.now())
    assert numbers.percent == percent


def test_the_number_is_that_of_the_tally_and_moves_at_once(client: Client, letter: Letter) -> None:
    signature = make_published(letter)
    assert said(client)["count"] == 1
    decide(signature, Signature.State.REMOVED)
    assert said(client)["count"] == 0 == Tally.objects.get().people


# --- By version ---------------------------------------------------------------------------------


def test_it_says_which_text_was_signed(client: Client, letter: Letter) -> None:
    make_many(letter, 13)
    make_version(letter)
    assert said(client)["by_version"] == {"1": 13, "2": 0}
    make_many(letter, 2)
    make_draft(letter)
    assert said(client)["by_version"] == {"1": 13, "2": 2}
    make_version(make_letter(slug="another"))
    assert client.get("/another/count.json").json()["by_version"] == {"1": 0, "2": 0}


def test_the_versions_share_exactly_the_number_of_now(client: Client, letter: Letter) -> None:
    make_many(letter, 5)
    make_version(letter)
    make_version(letter)
    make_many(letter, 3)
    assert said(client)["by_version"] == {"1": 5, "2": 0, "3": 3}
    Tally.objects.update(next_index=9)
    for people in (9, 8, 6, 4, 0):  # before the next counting
        Tally.objects.update(people=people)
        shares = said(client)["by_version"]
        assert sum(shares.values()) == people
        assert all(share >= 0 for share in shares.values())


def test_several_versions_are_counted_once_in_ten_seconds(client: Client, letter: Letter) -> None:
    one = queries_of(client, PATH)
    make_version(letter)
    assert queries_of(client, PATH) == one + 1
    with CaptureQueriesContext(connection) as asked:
        for path in (PATH, "/", "/open-letter/versions/"):
            client.get(path)
    assert not [query for query in asked if "signature.state = 'published'" in query["sql"]]


def test_the_home_page_counts_all_letters_at_once(client: Client, letter: Letter) -> None:
    make_version(letter)
    few = queries_of(client, "/")
    for number in range(4):
        make_version(make_letter(slug=f"letter-{number}"))
    assert queries_of(client, "/") == few
