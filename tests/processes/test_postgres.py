"""PostgreSQL says nothing about people in its log."""

from __future__ import annotations

import time

import psycopg
import pytest

from tests.live.site import LiveSite
from tests.live.waiting import until

pytestmark = pytest.mark.processes
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
