"""The gate for new versions of Celery and kombu: whatever becomes of the broker or of beat, all
queues are consumed again by themselves, and nobody gets a copy.

Each test looks at every queue: a confirmation (confirm), and news to a reader, which one worker has
to prepare (default) and another to send (bulk).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.child import Child
from runner.servers.valkey import Valkey
from tests.live.people import Person, somebody
from tests.live.site import LiveSite
from tests.live.waiting import let_last, until
from tests.processes.machines import on_another_machine
from tests.processes.oracle import expect_one_mail_each, sign_as

pytestmark = pytest.mark.processes
HUNG = 22.0  # longer than any socket may wait, and than a health check of kombu takes to come


@pytest.fixture
def reader(site: LiveSite) -> Person:
    """Somebody for whom news are ready to leave."""
    reader = somebody()
    site.schedule_news(reader)
    return reader


def expect_every_queue_to_move(site: LiveSite, reader: Person) -> None:
    """Owe something to every queue, and fail when one of them is not consumed."""
    (person,) = sign_as(site, 1)
    site.release_news()
    until(lambda: site.letterbox.to(person) and site.news_to(reader), "a confirmation and news")


def killed(valkey: Valkey, during: Callable[[], None]) -> None:
    valkey.kill()
    during()
    valkey.start()


def hung(valkey: Valkey, during: Callable[[], None]) -> None:
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGSTOP)
    during()
    let_last(HUNG)
    os.kill(valkey.pid, signal.SIGCONT)


def flapping(valkey: Valkey, during: Callable[[], None]) -> None:
    for _ in range(5):
        valkey.kill()
        valkey.start()
        let_last(0.3)
    during()


def wiped(valkey: Valkey, during: Callable[[], None]) -> None:
    during()
    valkey.wipe()


@pytest.mark.parametrize("broken", [killed, hung, flapping, wiped])
def test_f04_every_queue_moves_again_after_a_broker_that_was(
    site: LiveSite, valkey: Valkey, reader: Person, broken: Callable[..., None]
) -> None:
    people: list[Person] = []
    broken(valkey, lambda: people.extend(sign_as(site, 6)))
    expect_every_queue_to_move(site, reader)
    expect_one_mail_each(site, people)
    assert len(site.news_to(reader)) == 1


def test_f23_no_beat_for_ten_minutes_loses_nothing_and_copies_nothing(
    site: LiveSite, beat: Child, reader: Person
) -> None:
    beat.stop()
    people = sign_as(site, 6)
    site.let_pass(minutes=10)
    beat.start()
    expect_every_queue_to_move(site, reader)
    expect_one_mail_each(site, people)
    assert len(site.news_to(reader)) == 1


def test_f23_two_beats_on_two_machines_copy_nothing(
    site: LiveSite, beat: Child, reader: Person, tmp_path: Path
) -> None:
    beat.stop()
    with on_another_machine("beat", site, tmp_path) as second:
        people = sign_as(site, 1)
        expect_one_mail_each(site, people)  # the second one works
        beat.start()
        expect_every_queue_to_move(site, reader)
        for _ in range(5):
            people += sign_as(site, 5)
            expect_one_mail_each(site, people)
        assert second.alive()
        assert beat.alive()
    assert len(site.news_to(reader)) == 1
