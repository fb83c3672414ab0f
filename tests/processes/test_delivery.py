"""Workers, beat and the relay fail in the middle of a delivery, or there are two of them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from openletter.lib.celery.broker_watchdog import LOOK_EVERY_SECONDS
from runner.child import Child
from tests.live.site import LiveSite, live_site
from tests.live.waiting import let_last, until
from tests.processes import oracle
from tests.processes.machines import on_another_machine
from tests.processes.relay import Relay

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def site(relay: Relay) -> Iterator[LiveSite]:
    """A site whose mails leave through our relay."""
    with live_site(WEB_PROCESSES="1", EMAIL_URL=relay.url, MAILBOX_DIR=str(relay.folder)) as site:
        yield site


@pytest.fixture
def worker(site: LiveSite) -> Iterator[Child]:
    yield site.site.children["confirm"]
    site.site.children["confirm"].start()


def children_of(worker: Child) -> list[int]:
    """Return the processes of a worker's pool, which do its work."""
    assert worker.pid is not None
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True, text=True
    )
    pairs = [line.split() for line in table.stdout.splitlines()]
    return [int(pid) for pid, parent in pairs if int(parent) == worker.pid]


def test_f05_a_pool_process_killed_before_the_answer_costs_one_copy_of_one_mail(
    site: LiveSite, relay: Relay, worker: Child
) -> None:
    relay.fall_silent_at(4)
    people = oracle.sign_as(site, 12)
    relay.wait_until_silent()
    for pid in children_of(worker):
        os.kill(pid, signal.SIGKILL)
    relay.speak()
    site.let_pass(minutes=1)  # the lease of what it had in hand
    assert oracle.copies(site, people) == 1


def test_f06_a_worker_killed_with_its_pool_costs_one_copy_of_one_mail(
    site: LiveSite, relay: Relay, worker: Child
) -> None:
    relay.fall_silent_at(4)
    people = oracle.sign_as(site, 12)
    relay.wait_until_silent()
    worker.crash()
    relay.speak()
    site.let_pass(minutes=1)
    assert oracle.copies(site, people) == 1


def test_f07_a_worker_that_is_asked_to_stop_finishes_and_copies_nothing(
    site: LiveSite, relay: Relay, worker: Child
) -> None:
    relay.fall_silent_at(4)
    people = oracle.sign_as(site, 12)
    relay.wait_until_silent()
    worker.request_stop()
    relay.speak()
    until(worker.stopped, "the end of the worker")
    worker.start()
    oracle.expect_one_mail_each(site, people)


def test_f02_a_worker_whose_broker_hung_when_it_was_done_takes_work_again(
    site: LiveSite, relay: Relay
) -> None:
    valkey = site.site.servers.valkey
    assert valkey is not None
    log = site.site.environment.var / "log" / "confirm.log"
    relay.fall_silent_at(1)
    (first,) = oracle.sign_as(site, 1)
    relay.wait_until_silent()
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        relay.speak()
        until(lambda: not oracle.due(site), "the mail in hand")
        until(lambda: "Couldn't ack" in log.read_text(), "a worker that cannot say it is done")
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    people = oracle.sign_as(site, 3)
    oracle.expect_one_mail_each(site, [first, *people])
    said = log.read_text()
    assert said.count("worker: deaf to") == said.count("Couldn't ack") == 1


def test_f12_a_relay_that_hangs_up_after_taking_a_mail_costs_one_copy(
    site: LiveSite, relay: Relay
) -> None:
    relay.hang_up_at(4)
    people = oracle.sign_as(site, 12)
    until(lambda: oracle.due(site) <= 1, "all mails but the one in hand")
    site.let_pass(minutes=2)  # that one is tried again about a minute later
    assert oracle.copies(site, people) == 1


def test_f09_a_slow_relay_gets_every_mail_once(site: LiveSite, relay: Relay) -> None:
    relay.pause = 1.0
    people = oracle.sign_as(site, 6)
    oracle.expect_one_mail_each(site, people)
    relay.pause = 0.0


def test_f09_a_relay_that_takes_connections_and_says_nothing_costs_no_mail(
    site: LiveSite, relay: Relay
) -> None:
    log = site.site.environment.var / "log" / "confirm.log"
    said = log.stat().st_size
    relay.is_mute = True
    people = oracle.sign_as(site, 5)
    until(lambda: "the relay takes no mail" in log.read_text()[said:], "a worker that gave up")
    people += oracle.sign_as(site, 5)  # nobody who signs has to wait for it
    assert oracle.due(site) == 10
    relay.is_mute = False
    oracle.expect_one_mail_each(site, people)


def test_f08_two_workers_share_a_lane_and_copy_nothing(
    site: LiveSite, relay: Relay, tmp_path: Path
) -> None:
    with on_another_machine("confirm", site, tmp_path):
        log = tmp_path / "log" / "confirm.log"
        until(lambda: log.exists() and " ready." in log.read_text(), "the second worker")
        relay.pause = 0.02
        people = [person for _ in range(4) for person in oracle.sign_as(site, 15)]
        oracle.expect_one_mail_each(site, people)
        relay.pause = 0.0


def test_f23_signing_goes_on_without_beat_and_every_mail_leaves_when_it_is_back(
    site: LiveSite, beat: Child
) -> None:
    beat.stop()
    people = oracle.sign_as(site, 10)
    let_last(2.5 * LOOK_EVERY_SECONDS)
    assert oracle.due(site) >= 1
    beat.start()
    oracle.expect_one_mail_each(site, people)
    logs = [site.site.environment.var / "log" / f"{part}.log" for part in ("confirm", "default")]
    said = " ".join(log.read_text() for log in logs)
    assert "Error in timer" not in said
    assert said.count("worker: deaf to") <= said.count("Couldn't ack")  # nothing to do is not deaf
