"""Several machines: each process is started as its unit does, clocks differ, hosts fall silent."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg
import pytest

from tests.live.people import Person, somebody
from tests.live.site import DEMO
from tests.live.waiting import until
from tests.processes import oracle
from tests.processes.several import (
    Running,
    SeveralMachines,
    SiteFromThere,
    die,
    is_well,
    several_machines,
)

pytestmark = pytest.mark.processes
THREADS = 4


@pytest.fixture(scope="module")
def machines() -> Iterator[SeveralMachines]:
    with several_machines() as machines:
        yield machines


def test_f36_two_machines_that_prepare_an_empty_database_at_once_both_succeed(
    machines: SeveralMachines,
) -> None:
    said = [web.log.with_name("prepare.log").read_text() for web in machines.webs]
    assert [process.exit_code() for process in machines.prepared] == [0, 0], said


def test_two_webs_and_two_workers_lose_nothing_and_copy_nothing(machines: SeveralMachines) -> None:
    one, other = machines.sites
    before = one.count()
    people = [*oracle.sign_as(one, 4), *oracle.sign_as(other, 4)]
    oracle.expect_one_mail_each(one, people)
    for person in people:
        other.confirm(other.mail_to(person))
    assert one.count() == before + 8


def test_f35_a_worker_whose_clock_is_ahead_takes_no_mail_that_another_has_in_hand(
    machines: SeveralMachines,
) -> None:
    site, relay = machines.sites[0], machines.relay
    relay.pause = 0.3
    try:
        people = [person for _ in range(3) for person in oracle.sign_as(site, 6)]
        oracle.expect_one_mail_each(site, people)
    finally:
        relay.pause = 0.0


def test_f35_a_mail_that_a_web_owes_whose_clock_is_ahead_leaves_at_once(
    machines: SeveralMachines,
) -> None:
    site = machines.sites[1]
    (person,) = oracle.sign_as(site, 1)
    site.mail_to(person)


def test_f35_machines_whose_clock_is_wrong_are_named(machines: SeveralMachines) -> None:
    one, other = machines.sites
    assert '"clock": true' in one.request("/readyz").text
    assert '"clock": false' in other.request("/readyz").text
    until(lambda: alarms_about_clocks(one), "an alarm")


def alarms_about_clocks(site: SiteFromThere) -> list[tuple[str]]:
    return site.ask("SELECT key FROM alarms_alarm WHERE kind = 'a clock is wrong'")


def test_a_web_process_that_is_killed_is_replaced_on_its_machine(
    machines: SeveralMachines,
) -> None:
    web, site = machines.webs[0], machines.sites[0]
    before = web.children()
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: set(web.children()) - set(before) and is_well(site), "another process")
    assert web.process
    assert web.process.alive()


def sign_once(site: SiteFromThere, form_token: str) -> tuple[Person, int]:
    person = somebody()
    return person, site.send_form(person, form_token).status


def test_f30_a_database_that_falls_silent_hangs_nobody_and_is_found_again(
    machines: SeveralMachines,
) -> None:
    site = machines.sites[0]
    site.request(f"/{DEMO}/")
    form_token = site.form_token()
    pids = [running.pid for running in machines.every_process()]
    machines.database.fall_silent()
    try:
        with ThreadPoolExecutor(2 * THREADS) as crowd:
            asked = list(crowd.map(lambda _: sign_once(site, form_token), range(2 * THREADS)))
        assert {status for _person, status in asked} == {503}
        assert site.request("/healthz").status == 200
        assert site.request(f"/{DEMO}/").status == 200
        assert site.request("/readyz").status == 503
    finally:
        machines.database.speak()
    until(lambda: all(map(is_well, machines.sites)), "the database")
    people = [somebody() for _ in range(3)]
    for person in people:
        until(partial(was_accepted, site, person, form_token), "signing again")
    oracle.expect_one_mail_each(site, people)
    assert [running.pid for running in machines.every_process()] == pids


def was_accepted(site: SiteFromThere, person: Person, form_token: str) -> bool:
    return site.send_form(person, form_token).status == 302


def test_f31_a_web_machine_that_dies_with_the_number_in_hand_stops_nobody(
    machines: SeveralMachines,
) -> None:
    """Its confirmation is one statement, which PostgreSQL ends by itself."""
    one = machines.sites[0]
    mails = [one.signed_mail(somebody()) for _ in range(2)]
    before = one.count()
    try:
        die_while_confirming(machines.inside, machines.webs[1], mails[0].link)
        until(lambda: one.count() > before, "the confirmation that nobody heard of")
        assert one.request(mails[1].link, {}).status == 302
        assert one.count() == before + 2
    finally:
        machines.webs[1].machine.speak()
        machines.webs[1].start()


def die_while_confirming(site: SiteFromThere, web: Running, link: str) -> None:
    """Let a web process die while its confirmation waits for the letter's number."""
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE client_addr = %s AND wait_event_type = 'Lock'",
        web.machine.address,
    )
    with psycopg.connect(site.site.values["DATABASE_URL"]) as holder, ThreadPoolExecutor(1) as it:
        holder.execute("SELECT 1 FROM ledger_tally FOR UPDATE")
        asked = it.submit(partial(site.request, link, {}))
        until(lambda: site.ask(*waiting), "a confirmation that waits for the number")
        die(web)
        holder.rollback()
        assert asked.exception() is not None
