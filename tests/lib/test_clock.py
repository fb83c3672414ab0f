"""A machine whose clock is wrong goes by the database's (F17, F35)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from openletter.lib.db import clock

pytestmark = pytest.mark.django_db


class Wrong:
    """The clock of this machine, as wrong as a test wants it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._right = timezone.now
        self.by = timedelta(0)
        monkeypatch.setattr(timezone, "now", lambda: self._right() + self.by)

    def right(self) -> datetime:
        return self._right()


@pytest.fixture(autouse=True)
def _knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_known", clock._Known())


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> Wrong:
    return Wrong(monkeypatch)


def test_f35_a_clock_that_is_right_is_left_alone_to_the_microsecond() -> None:
    clock.ask()
    assert clock.behind() == timedelta(0)
    assert not clock.is_wrong()


@pytest.mark.parametrize("by", [timedelta(seconds=90), timedelta(minutes=-10), timedelta(hours=7)])
def test_f17_the_time_is_the_databases_whatever_this_machine_believes(
    wrong: Wrong, by: timedelta
) -> None:
    wrong.by = by
    before = wrong.right()
    asked = clock.ask()
    assert before <= asked <= wrong.right()
    assert abs(clock.now() - wrong.right()) < clock.MOST_OFF
    assert clock.is_wrong()


def test_f35_a_new_connection_tells_the_time(wrong: Wrong) -> None:
    wrong.by = timedelta(seconds=90)
    clock.learn_from(connection.connection)
    assert clock.behind() <= timedelta(seconds=-89)


def test_a_connection_that_is_new_a_moment_later_is_not_asked_again(wrong: Wrong) -> None:
    clock.learn_from(connection.connection)
    wrong.by = timedelta(seconds=90)
    clock.learn_from(connection.connection)
    assert clock.behind() == timedelta(0)
    clock.ask()
    assert clock.is_wrong()


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock comes minutes after the one before: the machine has much to do."""
    began = timezone.now()
    moments = iter([began + timedelta(minutes=number) for number in range(-1, 60, 2)])
    monkeypatch.setattr(timezone, "now", lambda: next(moments))


@pytest.mark.usefixtures("busy")
def test_an_answer_that_took_long_says_nothing_against_the_clock() -> None:
    clock.ask()
    assert clock.behind() == timedelta(0)
