"""Who confirms, by domain and hour: counted in the database, small domains together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openletter.letters.models import Letter
from openletter.operations import confirmation_rates
from openletter.operations.confirmation_rates import Rate
from tests.operations.steps import HOUR, NOW, attempts

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def totals() -> dict[str, tuple[int, int]]:
    domains = confirmation_rates.by_hour(now=NOW)
    return {one.domain: (one.total.asked, one.total.confirmed) for one in domains}


def test_a_domain_is_named_from_twenty_mails_on(letter: Letter) -> None:
    attempts(letter, "twenty.example", 20, confirmed=10)
    attempts(letter, "nineteen.example", 19, confirmed=5)
    attempts(letter, "one.example", 1)
    assert totals() == {"twenty.example": (20, 10), "": (20, 5)}


def test_the_biggest_come_first_all_small_ones_last_and_there_are_not_too_many(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation_rates, "MOST_DOMAINS", 2)
    for number in (21, 23, 22):
        attempts(letter, f"{number}.example", number)
    attempts(letter, "small.example", 19)
    assert list(totals().items()) == [
        ("23.example", (23, 0)),
        ("22.example", (22, 0)),
        ("", (40, 0)),
    ]


def test_hours_stand_in_a_row_of_forty_eight(letter: Letter) -> None:
    attempts(letter, "big.example", 20, confirmed=20, at=NOW - 47 * HOUR)
    attempts(letter, "big.example", 10, confirmed=1, at=NOW - 2 * HOUR - 10 * MINUTE)
    (domain,) = confirmation_rates.by_hour(now=NOW)
    assert len(domain.hours) == 48
    assert domain.hours[0] == (datetime(2026, 11, 21, 21, tzinfo=UTC), Rate(20, 20))
    assert domain.hours[45] == (datetime(2026, 11, 23, 18, tzinfo=UTC), Rate(10, 1))
    assert sum(rate.asked for _hour, rate in domain.hours) == 30


def test_neither_the_last_half_hour_nor_what_is_older_counts(letter: Letter) -> None:
    attempts(letter, "late.example", 20, at=NOW - 29 * MINUTE)
    attempts(letter, "old.example", 20, at=NOW - 48 * HOUR)
    assert totals() == {}


def test_it_is_one_query_whatever_there_is(letter: Letter, django_assert_num_queries: Any) -> None:
    for number in range(20):
        attempts(letter, f"{number}.example", 20)
    with django_assert_num_queries(1):
        confirmation_rates.by_hour(now=NOW)


def test_the_rates_of_a_domain_and_of_everybody(letter: Letter) -> None:
    attempts(letter, "big.example", 4, confirmed=1)
    attempts(letter, "small.example", 2, confirmed=2)
    domains, everybody = confirmation_rates.by_domain(since=NOW - 24 * HOUR, now=NOW, most=1)
    assert domains == {"big.example": Rate(4, 1)}
    assert everybody == Rate(6, 3)
    assert (everybody - domains["big.example"]).percent == 100
