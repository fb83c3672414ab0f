"""Sweeps at the desk: ask, look, begin, agree, stop, undo, by buttons that need no script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from openletter.accounts.models import Membership, Team
from openletter.letters.models import Letter
from openletter.sweeps import working
from openletter.sweeps.models import MOST_ALONE, Sweep, Swept
from tests.factories import (
    log_in,
    make_held,
    make_letter,
    make_many,
    make_moderator,
    make_published,
)
from tests.steps import state_of
from tests.sweeps.steps import begin, begin_undo, found, number, swept, undo

pytestmark = pytest.mark.django_db
ASK = "/admin/sweeps/sweep/ask/"


@pytest.fixture
def letter() -> Letter:
    return make_letter()


@pytest.fixture
def desk(letter: Letter) -> Client:
    return log_in(make_moderator())


def page_of(sweep: Sweep) -> str:
    return f"/admin/sweeps/sweep/{sweep.pk}/change/"


def press(desk: Client, sweep: Sweep, act: str, **typed: str) -> Any:
    return desk.post(f"/admin/sweeps/sweep/{sweep.pk}/act/", {"act": act, **typed}, follow=True)


def said(page: Any) -> list[str]:
    return [message.level_tag for message in page.context["messages"]]


def test_a_moderator_asks_looks_sweeps_and_undoes(desk: Client, letter: Letter) -> None:
    signed = [make_published(letter, email=f"{one}@bad.example.com") for one in range(3)]
    make_published(letter)
    page = desk.post(ASK, {"letter": letter.pk, "domain": "@Bad.example.com "}, follow=True)
    sweep = Sweep.objects.get()
    assert (sweep.size, sweep.state, page.context["sample"]) == (3, "found", signed)
    assert "bad.example.com" not in page.request["PATH_INFO"]
    press(desk, sweep, "begin", to="removed", given="given: scripted", public_note="Sorry.")
    working.work()
    assert (number(), Sweep.objects.get().public_note) == (1, "Sorry.")
    press(desk, sweep, "undo")
    working.work()
    assert (number(), Sweep.objects.get().state) == (4, "undone")


def test_a_question_about_a_whole_letter_is_refused_with_a_sentence(
    desk: Client, letter: Letter
) -> None:
    page = desk.post(ASK, {"letter": letter.pk, "signed_in_state": "held"})
    assert (page.status_code, Sweep.objects.count()) == (422, 0)
    assert page.context["form"].non_field_errors()


def test_a_name_of_signs_alone_is_refused_though_more_is_asked_for(
    desk: Client, letter: Letter
) -> None:
    """It would be shown as part of the question, and narrow nothing."""
    page = desk.post(ASK, {"letter": letter.pk, "domain": "example.org", "name": "… —"})
    assert (page.status_code, Sweep.objects.count()) == (422, 0)
    assert page.context["form"].errors["name"]


@pytest.mark.parametrize(
    "typed", [{"version": "7"}, {"network": "zz"}, {"flag": "odd"}, {"signed_from": "soon"}]
)
def test_a_question_that_makes_no_sense_is_refused_and_stays_in_the_form(
    desk: Client, letter: Letter, typed: dict[str, str]
) -> None:
    page = desk.post(ASK, {"letter": letter.pk, "domain": "bad.example.com", **typed})
    assert (page.status_code, Sweep.objects.count()) == (422, 0)
    assert "bad.example.com" in page.content.decode()


def test_a_link_brings_along_what_it_knows(desk: Client, letter: Letter) -> None:
    known: dict[str, str | int] = {"letter": letter.pk, "network": "00ff00ff", "flag": "burst"}
    page = desk.get(f"{ASK}?{urlencode(known)}")
    text = page.content.decode()
    assert 'value="00ff00ff"' in text
    assert '<option value="burst" selected>' in text


def test_whoever_gives_no_reason_sweeps_nothing(desk: Client) -> None:
    signature = make_published()
    sweep = found()
    page = press(desk, sweep, "begin", to="removed")
    assert (page.status_code, Sweep.objects.get().state) == (422, "found")
    assert state_of(signature) == "published"


def test_a_large_sweep_is_agreed_to_by_another_account_only(desk: Client, letter: Letter) -> None:
    make_many(letter, MOST_ALONE + 1, email_domain="example.org")
    sweep = found()
    press(desk, sweep, "begin", to="removed", given="given: scripted")
    assert said(press(desk, sweep, "agree")) == ["error"]
    other = log_in(make_moderator("olive@example.org"))
    assert "Agree, and begin" in other.get(page_of(sweep)).content.decode()
    assert letter.title in other.get("/admin/").content.decode()
    press(other, sweep, "agree")
    working.work()
    assert number() == 0


def test_who_swept_much_since_yesterday_needs_another_for_little(
    desk: Client, letter: Letter
) -> None:
    make_many(letter, MOST_ALONE, email_domain="example.com")
    first = found(domain="example.com")
    press(desk, first, "begin", to="removed", given="given: scripted")
    working.work()
    make_published(letter)
    second = found()
    press(desk, second, "begin", to="removed", given="given: scripted")
    assert set(Sweep.objects.values_list("state", flat=True)) == {"done", "asked"}


def test_a_sweep_that_another_refused_can_be_begun_anew(desk: Client, letter: Letter) -> None:
    make_many(letter, MOST_ALONE + 1, email_domain="example.org")
    sweep = begin(found())
    press(desk, sweep, "refuse")
    assert Sweep.objects.get().state == "found"


@pytest.mark.parametrize("act", ["", "dance", "begin", "agree", "stop", "go_on", "undo", "discard"])
def test_a_button_that_is_pressed_too_late_is_answered_with_a_sentence(
    desk: Client, act: str
) -> None:
    make_published()
    sweep = undo(swept())
    page = press(desk, sweep, act, to="removed", given="given: scripted")
    assert (page.status_code, said(page)) == (200, ["error"])
    assert Sweep.objects.get().state == "undone"


def test_a_question_that_is_discarded_is_forgotten_with_all_that_it_found(desk: Client) -> None:
    make_published()
    press(desk, found(), "discard")
    working.work()
    assert not Sweep.objects.exists()
    assert not Swept.objects.exists()


def test_the_page_lists_what_was_left_and_why(desk: Client, letter: Letter) -> None:
    waits = make_held(letter, name="Suzie Waits")
    page = desk.get(page_of(swept(to="held")))
    assert [one for one, _why in page.context["left"]] == [waits]
    assert "Suzie Waits" in page.content.decode()


def test_the_history_of_a_signature_tells_of_its_sweep(desk: Client) -> None:
    signature = make_published()
    sweep = undo(swept())
    page = desk.get(f"/admin/signatures/signature/{signature.pk}/history/")
    assert [entry["page"] for entry in page.context["entries"]] == [page_of(sweep)] * 2
    assert [entry["reason"] for entry in page.context["entries"]] == ["scripted", ""]


@pytest.mark.parametrize("state", ["looking", "running", "undoing"])
def test_the_page_of_a_moving_sweep_says_how_far_it_is(desk: Client, state: str) -> None:
    make_published()
    sweep = begin_undo(swept())
    Sweep.objects.filter(pk=sweep.pk).update(state=state)
    told = desk.get(f"/admin/sweeps/sweep/{sweep.pk}/progress/").json()
    assert told["state"] == state
    assert '<meta http-equiv="refresh"' in desk.get(page_of(sweep)).content.decode()


def test_a_page_costs_the_same_for_one_and_for_many(
    desk: Client, letter: Letter, django_assert_max_num_queries: Any
) -> None:
    make_many(letter, 300, email_domain="example.org")
    for index in range(30):
        make_held(letter, name=f"Waits {index}")
    sweep = swept(to="held")
    with django_assert_max_num_queries(20):
        desk.get(page_of(sweep))


def test_a_stranger_and_whoever_may_not_decide_see_no_sweep(letter: Letter) -> None:
    make_published(letter)
    address = page_of(found())
    other = log_in(make_moderator("viewer@example.org", is_superuser=False))
    assert other.get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_t34_who_moderates_a_team_sweeps_under_its_letters_and_no_other(letter: Letter) -> None:
    theirs = make_letter(slug="theirs")
    make_many(theirs, MOST_ALONE + 1, email_domain="example.org")
    waiting = begin(found(theirs))
    team = Team.objects.create(name="Listeners")
    Letter.objects.filter(pk=letter.pk).update(team=team)
    user = make_moderator("one@example.org", is_superuser=False)
    Membership.objects.create(team=team, user=user, role=Membership.Role.MODERATOR)
    desk = log_in(user)
    assert desk.post(ASK, {"letter": theirs.pk, "name": "x"}).status_code == 422
    assert desk.post(ASK, {"letter": letter.pk, "name": "x"}).status_code == 302
    assert desk.post(f"/admin/sweeps/sweep/{waiting.pk}/act/", {"act": "agree"}).status_code == 404
    assert desk.get(f"/admin/sweeps/sweep/{waiting.pk}/progress/").status_code == 404
    assert page_of(waiting) not in desk.get("/admin/sweeps/sweep/").content.decode()
    assert page_of(waiting) not in desk.get("/admin/").content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "asked"
