"""A server that is away: who still waits for it."""

from __future__ import annotations

import pytest

from openletter.lib import outage
from openletter.lib.outage import Outage


class Clock:
    """Stands in for the module `time` in outage.py."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(outage, "time", clock)
    return clock


class Server:
    """One that is away until it is not, and counts who asked."""

    is_there = False
    asked = 0

    def is_back(self) -> bool:
        self.asked += 1
        return self.is_there


def test_a_server_that_nobody_missed_is_not_asked() -> None:
    server = Server()
    assert not Outage().lasts(server.is_back)
    assert server.asked == 0


def test_one_caller_asks_every_two_seconds_and_the_others_go_without(clock: Clock) -> None:
    server, away = Server(), Outage()
    away.noticed()
    for _ in range(105):
        clock.now += 0.1
        assert away.lasts(server.is_back)
    assert server.asked == 5


def test_it_ends_with_the_first_answer(clock: Clock) -> None:
    server, away = Server(), Outage()
    away.noticed()
    clock.now += 2.1
    server.is_there = True
    assert [away.lasts(server.is_back) for _ in range(3)] == [False, False, False]
    assert server.asked == 1


def test_while_one_waits_for_an_answer_the_others_do_not(clock: Clock) -> None:
    away, others = Outage(), []

    def is_back() -> bool:
        clock.now += 5
        others.append(away.lasts(is_back))
        return False

    away.noticed()
    clock.now += 2.1
    assert away.lasts(is_back)
    assert others == [True]


def test_a_caller_that_breaks_leaves_the_asking_to_a_later_one(clock: Clock) -> None:
    def breaks() -> bool:
        raise RuntimeError

    server, away = Server(), Outage()
    away.noticed()
    clock.now += 2.1
    with pytest.raises(RuntimeError):
        away.lasts(breaks)
    clock.now += 2.1
    assert away.lasts(server.is_back)
    assert server.asked == 1


def test_f30_after_a_connection_broke_one_caller_asks_at_once_and_the_others_go_without() -> None:
    server, away, others = Server(), Outage(), []

    def is_back() -> bool:
        others.append(away.lasts(server.is_back))
        return True

    away.doubted()
    assert not away.lasts(is_back)
    assert others == [True]
    assert not away.lasts(server.is_back)
    assert server.asked == 0


def test_a_connection_that_breaks_in_an_outage_makes_nobody_ask_sooner(clock: Clock) -> None:
    server, away = Server(), Outage()
    away.noticed()
    away.doubted()
    assert away.lasts(server.is_back)
    assert server.asked == 0
