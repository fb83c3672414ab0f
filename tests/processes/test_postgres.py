"""PostgreSQL crashes while people sign, and says nothing about them in its log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import psycopg
import pytest

from runner.postgres import Postgres
from tests.live.people import Person, somebody
from tests.live.site import DEMO, Answer, LiveSite
from tests.live.waiting import until
from tests.processes import oracle

pytestmark = pytest.mark.processes
SLACK_SECONDS = 5.0
CROWD = 4
PAUSE_SECONDS = 0.2  # some twenty signatures a second, which the worker can follow


@pytest.fixture
def postgres(site: LiveSite) -> Postgres:
    server = site.site.servers.postgres
    assert server is not None
    return server


@dataclass
class Crowd:
    """People who sign one after another, and what the site told each of them."""

    site: LiveSite
    stamp: str
    accepted: list[Person] = field(default_factory=list)
    errors: list[tuple[float, float, int]] = field(default_factory=list)  # began, ended, status
    enough: threading.Event = field(default_factory=threading.Event)

    def sign_until_enough(self) -> None:
        while not self.enough.is_set():
            person, began = somebody(), time.monotonic()
            answer = self.site.send_form(person, self.stamp)
            if answer.status == 302:
                self.accepted.append(person)
            else:
                self.errors.append((began, time.monotonic(), answer.status))
            time.sleep(PAUSE_SECONDS)

    def wait_for_more(self, number: int) -> None:
        before = len(self.accepted)
        until(lambda: len(self.accepted) >= before + number, f"{number} more signatures")


@contextmanager
def crowd(site: LiveSite) -> Iterator[Crowd]:
    """Let some people sign at the same time for as long as this lasts."""
    signing = Crowd(site, site.stamp())
    with ThreadPoolExecutor(CROWD) as threads:
        started = [threads.submit(signing.sign_until_enough) for _ in range(CROWD)]
        try:
            yield signing
        finally:
            signing.enough.set()
    for thread in started:
        thread.result()


def test_f13_a_crash_of_postgresql_under_load_breaks_no_promise(
    site: LiveSite, postgres: Postgres
) -> None:
    parts = {name: child.pid for name, child in site.site.children.items()}
    outages = []
    with crowd(site) as signing:
        for _ in range(2):
            signing.wait_for_more(20)
            began = time.monotonic()
            postgres.restart_immediate()
            outages.append((began - SLACK_SECONDS, time.monotonic() + SLACK_SECONDS))
        signing.wait_for_more(20)  # after the last crash too
    outside = [
        error
        for error in signing.errors
        if not any(began <= error[0] and error[1] <= ended for began, ended in outages)
    ]
    assert outside == []
    names = {str(name) for (name,) in site.ask("SELECT name FROM signatures_signature")}
    assert [person.name for person in signing.accepted if person.name not in names] == []
    site.let_pass(minutes=2)  # the leases of what workers had in hand
    oracle.wait_for_all(site, signing.accepted)
    assert {name: child.pid for name, child in site.site.children.items()} == parts


READ = (f"/{DEMO}/", f"/{DEMO}/count.json", f"/{DEMO}/signatures/")
POOL_WAITS_SECONDS = 5.0  # settings.py
AWAY_SECONDS = 20.0  # longer than two tries of a pool that doubles the time between them


def seconds_to(ask: Callable[[], Answer], status: int) -> float:
    began = time.monotonic()
    assert ask().status == status
    return time.monotonic() - began


def test_f13_while_postgresql_is_away_people_read_and_are_told_at_once_that_they_cannot_sign(
    site: LiveSite, postgres: Postgres
) -> None:
    person, stamp = somebody(), site.stamp()
    for path in READ:
        site.request(path)
    postgres.stop()
    try:
        ends = time.monotonic() + AWAY_SECONDS
        site.send_form(person, stamp)  # the first one waits, in case it is back soon
        took = []
        while time.monotonic() < ends:
            took += [seconds_to(partial(site.request, path), 200) for path in READ]
            took.append(seconds_to(partial(site.send_form, person, stamp), 503))
            time.sleep(0.1)
        assert site.request("/healthz").status == 200
    finally:
        postgres.start()
    back_at = time.monotonic()
    until(lambda: site.send_form(person, stamp).status == 302, "signing again")
    assert time.monotonic() - back_at < 2 * SLACK_SECONDS
    assert max(took) < POOL_WAITS_SECONDS  # also whoever happens to ask whether it is back
    assert median(took) < POOL_WAITS_SECONDS / 5


NAME = "Wilhelmine Wiedererkennbar"
FAILING = {
    "a row that lacks something": f"INSERT INTO signatures_signature (name) VALUES ('{NAME}')",
    "a row that is there": f"""INSERT INTO letters_letter SELECT (jsonb_populate_record(l,
        jsonb_build_object('sender_name', '{NAME}'))).* FROM letters_letter l LIMIT 1""",
    "no statement": f"SELECT name FROM signatures_signature WHERE nonsense = '{NAME}'",
}


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING.keys())
def test_i16_a_statement_that_fails_puts_no_name_into_the_log_of_postgresql(
    site: LiveSite, statement: str
) -> None:
    log = site.site.environment.var / "log" / "postgres.log"
    before = log.stat().st_size
    with pytest.raises(psycopg.Error):
        site.ask(statement)
    until(lambda: "ERROR" in log.read_text()[before:], "the error in the log")
    time.sleep(0.2)  # what else is told about it comes in the same breath
    assert NAME.split()[1] not in log.read_text()
