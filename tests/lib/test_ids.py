"""Public ids: they sort by time and tell nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest

from openletter.lib.ids import made_at, uuid7

NOON = datetime(2026, 11, 23, 12, 0, 0, 123_000, tzinfo=UTC)


def clock(monkeypatch: pytest.MonkeyPatch, *milliseconds: int) -> None:
    times = iter([(int(NOON.timestamp() * 1000) + number) * 1_000_000 for number in milliseconds])
    monkeypatch.setattr(time, "time_ns", lambda: next(times))


def test_ids_sort_by_the_time_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, *range(100))
    made = [uuid7() for _ in range(100)]
    assert sorted(made, key=str) == made
    assert sorted(made) == made


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = [uuid7() for _ in range(200)]
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}


def test_ids_of_the_same_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, *[0] * 1000)
    assert len({uuid7() for _ in range(1000)}) == 1000


def test_an_id_says_when_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 0)
    assert made_at(uuid7()) == NOON


def test_an_id_says_the_time_that_it_was_given_and_not_the_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock(monkeypatch, *[60_000] * 2)
    assert (made_at(uuid7(NOON)), made_at(uuid7())) == (NOON, NOON + timedelta(minutes=1))
