"""Whoever moderates for a team sets rules and watches names on its letters only (T34)."""

from __future__ import annotations

import pytest
from django.test import Client

from openletter.accounts.models import Membership, Team
from openletter.letters.models import Letter
from openletter.moderation.models import RuleSetting, WatchedName
from tests.asking import change
from tests.factories import log_in, make_letter, make_moderator

pytestmark = pytest.mark.django_db
RULES, NAMES = "/admin/moderation/rulesetting/", "/admin/moderation/watchedname/"


@pytest.fixture
def ours() -> Letter:
    return make_letter(slug="ours", team=Team.objects.create(name="Listeners"))


@pytest.fixture
def theirs() -> Letter:
    return make_letter(slug="theirs", team=Team.objects.create(name="Speakers"))


@pytest.fixture
def desk(ours: Letter) -> Client:
    user = make_moderator(is_superuser=False)
    team = Team.objects.get(name="Listeners")
    Membership.objects.create(team=team, user=user, role=Membership.Role.MODERATOR)
    return log_in(user)


def rule(letter: str) -> dict[str, str]:
    return {"rule": "disposable", "mode": "hold", "letter": letter, "amount": "", "words": ""}


def test_t34_a_team_sets_rules_on_its_own_letters(desk: Client, ours: Letter) -> None:
    assert desk.post(f"{RULES}add/", rule(str(ours.pk))).status_code == 302
    row = RuleSetting.objects.get()
    assert row.letter == ours
    page = f"{RULES}{row.pk}/change/"
    assert page in desk.get(RULES).content.decode()
    change(desk, page, {**rule(str(ours.pk)), "mode": "off"})
    row.refresh_from_db()
    assert row.mode == "off"


def test_t34_a_team_sets_no_rule_on_the_site_or_for_others(desk: Client, theirs: Letter) -> None:
    for letter in ("", str(theirs.pk)):
        answer = desk.post(f"{RULES}add/", rule(letter))
        assert list(answer.context["adminform"].form.errors) == ["letter"]
    assert not RuleSetting.objects.exists()


def test_t34_a_team_watches_names_on_its_own_letters(
    desk: Client, ours: Letter, theirs: Letter
) -> None:
    for letter in ("", str(theirs.pk), str(ours.pk)):
        desk.post(f"{NAMES}add/", {"name": "Alice Peacock", "letter": letter, "whom_to_ask": ""})
    assert [row.letter for row in WatchedName.objects.all()] == [ours]


@pytest.mark.parametrize("pages", [RULES, NAMES])
def test_t34_rows_of_the_site_and_of_others_are_not_there(
    desk: Client, theirs: Letter, pages: str
) -> None:
    for letter in (None, theirs):
        RuleSetting.objects.create(rule="disposable", mode="off", letter=letter)
        WatchedName.objects.create(name="Alice Peacock", spelling="alice peacock", letter=letter)
    page = desk.get(pages).content.decode()
    assert "Alice Peacock" not in page
    for row in (*RuleSetting.objects.all(), *WatchedName.objects.all()):
        assert f"/{row.pk}/change/" not in page
        assert desk.get(f"{pages}{row.pk}/change/").status_code in {302, 403, 404}
        assert desk.post(f"{pages}{row.pk}/delete/", {"post": "yes"}).status_code in {302, 403, 404}
    assert (RuleSetting.objects.count(), WatchedName.objects.count()) == (2, 2)
