"""Which card comes next: no two moderators see the same, and one can be passed over."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims.desk import queue
from openletter.claims.desk.queue import Card, Desk
from openletter.claims.models import Appeal, Claim
from openletter.letters.models import Letter
from tests.claims.steps import CARDS, appealed, claimed, removed
from tests.factories import log_in, make_letter, make_moderator, make_published
from tests.racing import behind

NOW = timezone.now


@pytest.fixture
def letter(transactional_db: None) -> Letter:
    return make_letter()


@pytest.fixture
def suzie(letter: Letter) -> User:
    """Return the moderator who removes."""
    return make_moderator("suzie@example.org")


@pytest.fixture
def sam(letter: Letter) -> User:
    return make_moderator("sam@example.org")


@pytest.fixture
def olive(letter: Letter) -> User:
    return make_moderator("olive@example.org")


@pytest.fixture
def four(letter: Letter, suzie: User) -> list[Appeal | Claim]:
    """Return two appeals and two claims, in the order in which they come."""
    appeals = [appealed(removed(letter, suzie)) for _ in range(2)]
    return [*appeals, *(claimed(make_published(letter)) for _ in range(2))]


def shown(page: Any) -> Appeal | Claim | None:
    found: Appeal | Claim | None = page.context.get("appeal") or page.context.get("claim")
    return found


def passing(desk: Client, page: Any) -> Any:
    """Press "Decide later"."""
    return desk.get(f"{CARDS}?behind={page.context['card']}")


pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_moderators_at_the_same_moment_each_gets_another_card(
    four: list[Appeal | Claim], sam: User, olive: User
) -> None:
    first = partial(queue.take_next, Desk(sam.pk, None), now=NOW())
    second = partial(queue.take_next, Desk(olive.pk, None), now=NOW())
    assert behind(first, second) == four[1]


def test_of_two_moderators_that_want_the_same_claim_one_gets_none(
    letter: Letter, sam: User, olive: User
) -> None:
    card = Card.of(claimed(make_published(letter)))
    first = partial(queue.take, Desk(sam.pk, None), card, now=NOW())
    second = partial(queue.take, Desk(olive.pk, None), card, now=NOW())
    assert behind(first, second) is None


def test_a_card_that_is_passed_over_comes_again_after_all_others(
    four: list[Appeal | Claim], sam: User
) -> None:
    desk = log_in(sam)
    page = desk.get(CARDS)
    seen = [shown(page)]
    for _ in range(4):
        page = passing(desk, page)
        seen.append(shown(page))
    assert seen == [*four, four[0]]
    assert shown(desk.get(CARDS)) == four[0]


def test_what_one_passes_over_another_gets_at_once(
    four: list[Appeal | Claim], sam: User, olive: User
) -> None:
    desk = log_in(sam)
    page = desk.get(CARDS)
    assert shown(log_in(olive).get(CARDS)) == four[1]
    passing(desk, page)
    assert shown(log_in(olive).get(CARDS)) == four[0]


@pytest.mark.parametrize(
    "nonsense", ["x", "appeal-", "appeal-x", "sweep-1", "claim-99", "-", "%00"]
)
def test_a_card_that_does_not_exist_leads_to_the_next(
    four: list[Appeal | Claim], sam: User, nonsense: str
) -> None:
    desk = log_in(sam)
    assert shown(desk.get(f"{CARDS}?behind={nonsense}")) in {four[0], four[2]}
    assert shown(desk.get(f"{CARDS}?card={nonsense}")) in {four[0], four[2]}


def test_only_ones_own_card_is_given_back(
    four: list[Appeal | Claim], sam: User, olive: User, suzie: User
) -> None:
    page = log_in(sam).get(CARDS)
    passing(log_in(olive), page)
    third = make_moderator("third@example.org")
    assert shown(log_in(third).get(CARDS)) not in {four[0]}


def test_the_page_has_a_key_for_each_button_and_a_switch_for_the_keys(
    four: list[Appeal | Claim], sam: User
) -> None:
    desk = log_in(sam)
    for page in (desk.get(CARDS), desk.get(f"{CARDS}?card={Card.of(four[2])}")):
        text = page.content.decode()
        assert all(f'data-key="{key}"' in text for key in "prjz")
        assert "data-switch" in text
