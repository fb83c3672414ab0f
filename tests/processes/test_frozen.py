"""F30: PostgreSQL is frozen: every connection is open and acknowledged, and nothing is said."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from openletter.lib.db.connection_options import LONGEST_ANSWER, LONGEST_DOUBT
from runner.servers.postgres import Postgres
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import let_last, until
from tests.processes import oracle
from tests.processes.crowd import crowd

pytestmark = pytest.mark.processes
READ = (f"/{DEMO}/", f"/{DEMO}/count.json", f"/{DEMO}/signatures/")
THREADS = 4
# Longer than PostgreSQL lets a transaction do nothing, shorter than a page waits; and longer than
# any of our processes waits.
PAUSES = (6.0, LONGEST_ANSWER + LONGEST_DOUBT + 6)


@contextmanager
def frozen(site: LiveSite) -> Iterator[None]:
    """Stop PostgreSQL, with every session, from one moment to the next; nobody is told."""
    server = site.site.servers.postgres
    assert isinstance(server, Postgres)
    postmaster = server.pid
    assert postmaster is not None
    stopped = [postmaster]
    os.kill(postmaster, signal.SIGSTOP)  # the first: it begins no session any more
    try:
        for session in children(postmaster):
            os.kill(session, signal.SIGSTOP)
            stopped.append(session)
        yield
    finally:
        for one in reversed(stopped):
            os.kill(one, signal.SIGCONT)


def children(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


def test_f30_while_postgresql_is_frozen_people_read_and_are_told_that_they_cannot_sign(
    site: LiveSite,
) -> None:
    people, form_token = [somebody() for _ in range(2 * THREADS)], site.form_token()
    for path in READ:
        site.request(path)
    with frozen(site), ThreadPoolExecutor(len(people)) as threads:
        waiting = [threads.submit(site.send_form, person, form_token) for person in people]
        assert site.request("/healthz").status == 200
        assert [answer.result().status for answer in waiting] == [503] * len(people)
        assert [site.request(path).status for path in READ] == [200] * len(READ)
        assert site.send_form(people[0], form_token).status == 503
        assert site.request("/readyz").status == 503
    until(lambda: site.send_form(somebody(), form_token).status == 302, "signing again")
    names = {str(name) for (name,) in site.ask("SELECT name FROM signatures_signature")}
    assert [person.name for person in people if person.name in names] == []


@pytest.mark.parametrize("pause", PAUSES)
def test_f30_a_pause_of_postgresql_under_load_breaks_no_promise(
    site: LiveSite, pause: float
) -> None:
    processes = {name: child.pid for name, child in site.site.children.items()}
    with crowd(site) as signing:
        signing.wait_for_more(10)
        with frozen(site):
            let_last(pause)
        signing.wait_for_more(10)
    assert {*signing.errors} <= {503}
    assert {name: child.pid for name, child in site.site.children.items()} == processes
    site.let_pass(minutes=2)  # the leases of what workers had in hand
    oracle.wait_for_all(site, signing.accepted)
