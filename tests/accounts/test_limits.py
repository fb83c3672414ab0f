"""T33, T54: how often something may be tried, in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from openletter.accounts import limits
from openletter.accounts.limits import Limit
from openletter.accounts.models import RateLimit
from tests.accounts.steps import at_once

FIVE = Limit("test", 5, timedelta(minutes=5))
OTHER = Limit("another test", 5, timedelta(minutes=5))
NOW = timezone.now()


def take(minutes: float = 0, *, subject: str = "sam", limit: Limit = FIVE) -> bool:
    return limits.take(limit, subject, now=NOW + timedelta(minutes=minutes))


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
    limits.give_back(FIVE, "sam")
    assert [take(), take()] == [True, False]


@pytest.mark.django_db
def test_giving_back_does_not_save_up() -> None:
    for _ in range(20):
        take()
        limits.give_back(FIVE, "sam")
    assert [take() for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.django_db
def test_the_subject_of_a_limit_cannot_be_read() -> None:
    take(subject="sam@example.org")
    assert b"sam" not in bytes(RateLimit.objects.get().key)


@pytest.mark.django_db(transaction=True)
def test_t54_tries_at_the_same_moment_are_counted_one_by_one() -> None:
    assert sum(at_once([partial(take) for _ in range(12)])) == 5
