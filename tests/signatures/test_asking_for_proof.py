"""/<slug>/proof.json: the one question that a script asks about the form under a letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import altcha
import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle
from openletter.signatures.abuse import proof_of_work
from tests.factories import make_letter, move_letter
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

CALM = {"asked": False}


def ask(client: Client, slug: str = "open-letter") -> Any:
    return client.get(f"/{slug}/proof.json")


def test_a_calm_letter_says_that_nothing_is_to_be_done(client: Client, letter: Letter) -> None:
    answer = ask(client)
    assert (answer.status_code, answer.json()) == (200, CALM)
    assert answer["Content-Type"] == "application/json"


@pytest.mark.slow
@pytest.mark.parametrize("switched_on", [True, False])
def test_t05_a_letter_under_attack_gives_a_challenge_whose_solution_is_good(
    client: Client, switched_on: bool
) -> None:
    letter = make_letter(asks_proof=switched_on)
    if not switched_on:
        cause = Throttle.Cause.UNCONFIRMED
        throttles.slow(letter.topic, per_minute=60, cause=cause, now=timezone.now())
    told = ask(client).json()
    assert told.pop("asked") is True
    challenge = altcha.Challenge.from_dict(told)
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    assert proof_of_work.check(altcha.Payload(challenge, solution).to_base64(), letter)


def test_two_visitors_get_different_challenges(client: Client) -> None:
    make_letter(asks_proof=True)
    nonces = {ask(client).json()["parameters"]["nonce"] for _ in range(2)}
    assert len(nonces) == 2


@pytest.mark.parametrize("asks_proof", [True, False])
def test_nobody_may_keep_the_answer_and_no_other_site_may_read_it(
    client: Client, asks_proof: bool
) -> None:
    make_letter(asks_proof=asks_proof)
    answer = ask(client)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer
    assert not answer.has_header("ETag")
    assert not answer.cookies


@pytest.mark.parametrize("state", [Letter.State.CLOSED, Letter.State.ARCHIVED])
def test_a_letter_that_cannot_be_signed_asks_for_nothing(
    client: Client, state: Letter.State
) -> None:
    make_letter(asks_proof=True, state=state)
    assert ask(client).json() == CALM


def test_nor_does_one_whose_time_is_over_or_has_not_come(client: Client) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    make_letter(slug="over", asks_proof=True, closes_at=now - hour)
    make_letter(slug="early", asks_proof=True, opens_at=now + hour)
    assert ask(client, "over").json() == ask(client, "early").json() == CALM


def test_an_unknown_letter_and_a_draft_are_missing_alike(client: Client) -> None:
    make_letter(slug="draft", asks_proof=True, state=Letter.State.DRAFT)
    draft, unknown = ask(client, "draft"), ask(client, "unknown")
    assert draft.status_code == unknown.status_code == 404
    assert draft.content == unknown.content
    assert dict(draft.headers) == dict(unknown.headers)
    assert draft["Cache-Control"] == "no-store"


def test_a_page_that_was_open_when_the_letter_moved_can_still_ask(client: Client) -> None:
    letter = make_letter(asks_proof=True)
    move_letter(letter, to="new-address")
    told = ask(client).json()
    assert told["parameters"]["data"] == {"letter": letter.public_id.hex}


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_asked(client: Client, letter: Letter, method: str) -> None:
    answer = getattr(client, method)(f"/{letter.slug}/proof.json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_asking_costs_two_queries_at_most(client: Client, letter: Letter) -> None:
    assert queries_of(client, f"/{letter.slug}/proof.json") <= 2


def test_the_page_with_the_form_is_the_same_whether_a_proof_is_asked_or_not(
    client: Client, letter: Letter
) -> None:
    calm = client.get(f"/{letter.slug}/")
    Letter.objects.update(asks_proof=True)
    asking = client.get(f"/{letter.slug}/")
    assert asking.content == calm.content
    assert asking["ETag"] == calm["ETag"]
    assert f'data-proof="/{letter.slug}/proof.json"' in calm.content.decode()
