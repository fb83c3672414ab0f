"""PostgreSQL crashes while people sign, and says nothing about them in its log."""

from __future__ import annotations

import psycopg
import pytest

from runner.servers.postgres import Postgres
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import lasting, until
from tests.processes import oracle
from tests.processes.crowd import crowd

pytestmark = pytest.mark.processes


@pytest.fixture
def postgres(site: LiveSite) -> Postgres:
    server = site.site.servers.postgres
    assert server is not None
    return server


def test_f13_a_crash_of_postgresql_under_load_breaks_no_promise(
    site: LiveSite, postgres: Postgres
) -> None:
    parts = {name: child.pid for name, child in site.site.children.items()}
    with crowd(site) as signing:
        for _ in range(2):
            signing.wait_for_more(20)
            signing.meet(postgres.restart_immediate)
        signing.wait_for_more(20)  # after the last crash too
        signing.wait_for_more(20)  # and when it is over
    assert signing.errors == []
    names = {str(name) for (name,) in site.ask("SELECT name FROM signatures_signature")}
    assert [person.name for person in signing.accepted if person.name not in names] == []
    site.let_pass(minutes=2)  # the leases of what workers had in hand
    oracle.wait_for_all(site, signing.accepted)
    assert {name: child.pid for name, child in site.site.children.items()} == parts


READ = (f"/{DEMO}/", f"/{DEMO}/count.json", f"/{DEMO}/signatures/")
AWAY_SECONDS = 20.0
# What the log says of each request that waited for it.
WAITED = "django.db.utils.OperationalError: couldn't get a connection after"


def test_f13_while_postgresql_is_away_people_read_and_are_told_at_once_that_they_cannot_sign(
    site: LiveSite, postgres: Postgres
) -> None:
    person, form_token = somebody(), site.form_token()
    log = site.site.environment.var / "log" / "web.log"
    waited_before = log.read_text().count(WAITED)
    for path in READ:
        site.request(path)
    postgres.stop()
    try:
        site.send_form(person, form_token)  # the first one waits, in case it is back soon
        for _ in lasting(AWAY_SECONDS):
            assert {site.request(path).status for path in READ} == {200}
            assert site.send_form(person, form_token).status == 503
        assert site.request("/healthz").status == 200
    finally:
        postgres.start()
    until(lambda: site.send_form(person, form_token).status == 302, "signing again")
    assert log.read_text().count(WAITED) - waited_before == 1


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
    before = log.read_text().count("ERROR")
    for failing in (statement, "SELECT 'the end' FROM nonsense"):
        with pytest.raises(psycopg.Error):
            site.ask(failing)
    # What else is told about the first is there when the second one is.
    until(lambda: log.read_text().count("ERROR") >= before + 2, "both errors in the log")
    assert NAME.split()[1] not in log.read_text()
