"""How long a failed try waits: longer each time, never all at once, not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openletter.lib.work.backoff import Backoff

MINUTE = timedelta(minutes=1)
BACKOFF = Backoff(minutes=(1, 5, 60), most_tries=6)


def waits(backoff: Backoff, *, at: float) -> list[float]:
    """Return the minutes after each failed try, when chance draws from this end of the spread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("random.uniform", lambda low, high: low + at * (high - low))
        found = [backoff.after(tries) for tries in range(1, backoff.most_tries)]
    return [round(wait / MINUTE, 6) for wait in found if wait is not None]


def test_waits_grow_from_try_to_try_and_are_capped() -> None:
    assert waits(BACKOFF, at=0.5) == [1, 5, 60, 60, 60]


def test_waits_are_spread_so_that_one_outage_does_not_come_back_at_once() -> None:
    assert waits(BACKOFF, at=0) == [0.8, 4, 48, 48, 48]
    assert waits(BACKOFF, at=1) == [1.2, 6, 72, 72, 72]


def test_after_the_last_try_there_is_no_wait() -> None:
    assert BACKOFF.after(5) is not None
    assert [BACKOFF.after(6), BACKOFF.after(7)] == [None, None]


@pytest.mark.parametrize("minutes", [(), (5, 1)])
def test_a_table_that_does_not_grow_is_refused(minutes: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="shorter"):
        Backoff(minutes=minutes, most_tries=3)
