"""T33, T54: how often something may be tried, in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from openletter.lib.people.networks import network_of
from openletter.rate_limits import personal, tries
from openletter.rate_limits.models import RateLimit
from openletter.rate_limits.tries import LONGEST_WAIT, Limit, Taken, Try
from tests.accounts.steps import at_once

FIVE = Limit("test", 5, timedelta(minutes=5))
OTHER = Limit("another test", 5, timedelta(minutes=5))
PACED = Limit("a paced test", 5, timedelta(minutes=5), paced=True)
MINUTE = timedelta(minutes=1)
NOW = timezone.now()


def take(minutes: float = 0, *, subject: str = "sam", limit: Limit = FIVE) -> bool:
    """Say whether one more try passes."""
    return not taken(Try(limit, subject), minutes=minutes).is_over


def taken(*one_try: Try, minutes: float = 0) -> Taken:
    return tries.take(*one_try, now=NOW + timedelta(minutes=minutes))


@pytest.mark.django_db
def test_so_many_tries_pass_at_once_and_come_back_evenly() -> None:
    assert [take() for _ in range(7)] == [True] * 5 + [False] * 2
    assert [take(0.9), take(1), take(1)] == [False, True, False]
    assert [take(3) for _ in range(3)] == [True, True, False]
    assert [take(60) for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.django_db
def test_every_limit_and_every_subject_counts_for_itself() -> None:
    for _ in range(6):
        take()
    assert take(subject="olive")
    assert take(limit=OTHER)


@pytest.mark.django_db
def test_what_is_given_back_can_be_taken_again() -> None:
    for _ in range(5):
        take()
    tries.give_back(Try(FIVE, "sam"))
    assert [take(), take()] == [True, False]


@pytest.mark.django_db
def test_giving_back_does_not_save_up() -> None:
    for _ in range(20):
        take()
        tries.give_back(Try(FIVE, "sam"))
    assert [take() for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.django_db
def test_the_subject_of_a_limit_cannot_be_read() -> None:
    take(subject="sam@example.org")
    assert b"sam" not in bytes(RateLimit.objects.get().key)


@pytest.mark.django_db(transaction=True)
def test_t54_tries_at_the_same_moment_are_counted_one_by_one() -> None:
    assert sum(at_once([partial(take) for _ in range(12)])) == 5


@pytest.mark.django_db
def test_whoever_tried_too_often_is_told_how_long_to_wait() -> None:
    for _ in range(5):
        take()
    assert taken(Try(FIVE, "sam"), minutes=0.25).wait == MINUTE * 0.75
    assert taken(Try(FIVE, "sam"), minutes=1) == Taken(is_over=False, wait=timedelta())


@pytest.mark.django_db
def test_where_it_is_paced_tries_wait_for_their_turn_and_none_is_refused() -> None:
    answers = [taken(Try(PACED, "sam")) for _ in range(7)]
    assert [one.wait for one in answers] == [timedelta()] * 5 + [MINUTE, 2 * MINUTE]
    assert not any(one.is_over for one in answers)
    for _ in range(300):
        taken(Try(PACED, "sam"))
    assert taken(Try(PACED, "sam")) == Taken(is_over=False, wait=LONGEST_WAIT)
    assert taken(Try(PACED, "sam"), minutes=5 + 4 * 60).wait == timedelta()


@pytest.mark.django_db
def test_a_try_that_one_limit_refuses_counts_under_none() -> None:
    for _ in range(5):
        take()
    for _ in range(9):
        assert taken(Try(OTHER, "a network"), Try(PACED, "a network"), Try(FIVE, "sam")).is_over
    assert [take(subject="a network", limit=OTHER) for _ in range(6)] == [True] * 5 + [False]
    assert taken(Try(PACED, "a network")).wait == timedelta()


@pytest.mark.django_db
def test_the_longest_wait_of_several_limits_is_told() -> None:
    slow = Limit("slow", 1, timedelta(hours=1), paced=True)
    both = [Try(PACED, "sam"), Try(slow, "sam")]
    assert [taken(*both).wait for _ in range(2)] == [timedelta(), timedelta(hours=1)]


@pytest.mark.django_db
def test_t53_all_networks_of_a_block_have_four_times_the_tries_of_one() -> None:
    passed = [
        not taken(*tries.from_network(FIVE, network_of(f"2001:db8:1:{number:x}::1"))).is_over
        for number in range(24)
    ]
    assert passed == [True] * 20 + [False] * 4
    assert not taken(*tries.from_network(FIVE, network_of("2001:db8:2::1"))).is_over
    assert not taken(*tries.from_network(FIVE, network_of("192.0.2.1"))).is_over


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_never_wait_for_each_other_in_a_circle() -> None:
    one, other, third = (Try(FIVE, subject) for subject in ("a", "b", "c"))
    orders = [(one, other), (other, one), (other, third), (third, other), (third, one)] * 2

    def act(order: tuple[Try, ...]) -> bool:
        with transaction.atomic():
            return not taken(*order).is_over

    passed = at_once([partial(act, order) for order in orders])
    assert sum(passed) >= 5  # and no deadlock was an error


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "left"), [(0, 1), (3, 0)])
def test_a_limit_is_deleted_when_nothing_counts_for_it(minutes: int, left: int) -> None:
    take(-minutes)
    personal.expire(now=NOW, limit=10, dry_run=True)
    assert RateLimit.objects.count() == 1
    assert personal.expire(now=NOW, limit=10, dry_run=False)[0].number == 1 - left
    assert RateLimit.objects.count() == left
