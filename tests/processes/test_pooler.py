"""F34: a pooler between the site and PostgreSQL is used as it must be, or named and refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from openletter.lib.db import connection_options, fitness
from openletter.lib.db.connection_options import LIMITS
from openletter.operations.management.commands import prepare
from openletter.privacy import vacuum
from runner.environment import Environment, free_port, isolated
from runner.errors import CommandError
from runner.servers.postgres import DATABASE, Postgres
from runner.site import start_site
from runner.throwaway import ThrowawayFolder
from tests.live.letterbox import Letterbox
from tests.live.site import LiveSite
from tests.live.waiting import until
from tests.processes import oracle
from tests.processes.machines import on_another_machine
from tests.processes.pooler import CONNECTIONS, pooler

pytestmark = pytest.mark.processes
ROLE = "ordinary"
Through = Callable[..., None]


@pytest.fixture
def through(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Through]:
    """Connect through a pooler at this port from now on, told of it or not."""
    default = connections["default"]
    direct = default.get_connection_params()

    def connect(port: int, *, is_told: bool) -> None:
        default.close()
        settings.DATABASE_POOLER = is_told
        options = connection_options.options("web", has_pooler=is_told)
        options = {**direct, "options": "", **options, "host": "127.0.0.1", "port": port}
        patch.setattr(default, "get_connection_params", lambda: options)

    with monkeypatch.context() as patch:
        yield connect
        default.close()


def server() -> dict[str, Any]:
    """Where the tests' PostgreSQL listens."""
    found = connections["default"].get_connection_params()
    return {"host": found["host"], "port": int(found.get("port", 5432)), "user": found["user"]}


@pytest.mark.parametrize("ignored", ["", "options"], ids=["refuses limits", "drops limits"])
def test_f34_a_pooler_that_nobody_told_the_site_of_stops_the_start_with_what_to_set(
    through: Through, ignored: str
) -> None:
    with pooler(**server(), ignored=ignored) as port:
        through(port, is_told=False)
        with pytest.raises(fitness.Unfit, match="DATABASE_POOLER=1"):
            fitness.insist_on_fitness()


def test_f34_a_pooler_that_allows_no_transactions_stops_the_start(through: Through) -> None:
    with pooler(**server(), mode="statement") as port:
        through(port, is_told=True)
        with pytest.raises(fitness.Unfit, match="pool_mode = transaction"):
            fitness.insist_on_fitness()


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_f34_behind_a_pooler_the_role_carries_the_limits(through: Through, mode: str) -> None:
    with pooler(**server(), mode=mode) as port:
        through(port, is_told=True)
        with pytest.raises(fitness.Unfit, match="statement_timeout"):
            fitness.insist_on_fitness()
        try:
            assert fitness.limit_role()
            fitness.insist_on_fitness()  # also the sessions that the pooler had open
            assert not fitness.limit_role()
        finally:
            forget_the_limits()


def test_f34_i15_behind_a_pooler_what_was_erased_leaves_the_disk_and_no_lock_stays(
    through: Through, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time anew, on whichever connection the pooler lends."""
    statements: list[str] = []
    do = vacuum._do

    def noted(session: Any, statement: str) -> bool:
        statements.append(statement)
        return do(session, statement)

    monkeypatch.setattr(vacuum, "_do", noted)
    with pooler(**server()) as port:
        through(port, is_told=True)
        for _ in range(CONNECTIONS + 1):
            vacuum.enqueue_vacuum()
            until(lambda: vacuum.vacuum_erased(now=timezone.now()), "a clean disk")
        with fitness.alone(vacuum._LOCK, waits=False) as got:
            assert got
        assert {limit_of_a_session() for _ in range(20)} == {"0"}  # that of the server: none
    assert not [one for one in statements if one.startswith(("SET", "RESET"))]


def limit_of_a_session() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def forget_the_limits() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT format('%I IN DATABASE %I', current_user, current_database())")
        ((role,),) = cursor.fetchall()
        cursor.execute(f"ALTER ROLE {role} RESET ALL")


def test_f36_one_machine_at_a_time_writes_the_limits(
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two `ALTER ROLE` at once fail, and what ends idle sessions would end the other machine's."""
    settings.DATABASE_POOLER = True
    monkeypatch.setattr(prepare.Command, "_migrate", lambda *_how: None)

    def as_another_machine() -> None:
        try:
            call_command("prepare")
        finally:
            connections["default"].close()

    try:
        with ThreadPoolExecutor(1) as threads:
            with fitness.alone(prepare.ONE_AT_A_TIME):
                there = threads.submit(as_another_machine)
                until(lambda: "waiting for it" in caplog.text or there.done(), "the other machine")
                assert (there.done(), limits_of_the_role()) == (False, 0)
                connections["default"].close()
            there.result(60)
        assert limits_of_the_role() == 1
    finally:
        forget_the_limits()


def limits_of_the_role() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_db_role_setting WHERE setdatabase ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return int(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a pooler stands before an empty PostgreSQL."""
    folder = ThrowawayFolder()
    postgres = Postgres(folder.path / "postgres", log=folder.path / "postgres.log", throwaway=True)
    try:
        postgres.start()
        with psycopg.connect(postgres.url()) as superuser:
            superuser.execute(f"CREATE ROLE {ROLE} LOGIN")
            superuser.execute(f"ALTER DATABASE {DATABASE} OWNER TO {ROLE}")
        socket = postgres.url().partition("host=")[2].partition("&")[0]
        with pooler(socket, user=ROLE) as port:
            yield port
    finally:
        postgres.stop()
        folder.remove()


def behind(port: int, var: Path, **told: str) -> Environment:
    url = f"postgresql://{ROLE}@127.0.0.1:{port}/{DATABASE}"
    return isolated(var, port=free_port(), DEBUG="0", DATABASE_URL=url, WEB_PROCESSES="1", **told)


@pytest.fixture
def site(port: int) -> Iterator[LiveSite]:
    """A site that reaches its PostgreSQL through a pooler only."""
    folder = ThrowawayFolder()
    try:
        with start_site(behind(port, folder.path, DATABASE_POOLER="1")) as started:
            yield LiveSite(started, Letterbox(Path(started.values["MAILBOX_DIR"])))
    finally:
        folder.remove()


def test_f34_a_start_behind_a_pooler_that_was_not_named_stops_with_one_sentence(port: int) -> None:
    folder = ThrowawayFolder()
    try:
        with pytest.raises(CommandError, match=r"^A pooler such as PgBouncer stands between"):
            start_site(behind(port, folder.path))
    finally:
        folder.remove()


def test_f34_a_site_behind_a_pooler_signs_mails_and_counts_each_once(
    site: LiveSite, tmp_path: Path
) -> None:
    before = site.count()
    with on_another_machine("confirm", site, tmp_path):
        log = tmp_path / "log" / "confirm.log"
        until(lambda: log.exists() and " ready." in log.read_text(), "the second worker")
        people = [person for _ in range(3) for person in oracle.sign_as(site, 8)]
        oracle.expect_one_mail_each(site, people)
    for person in people:
        site.confirm(site.mail_to(person))
    assert site.count() == before + len(people)
    assert {limit: site.ask(f"SHOW {limit}") for limit in LIMITS} == {
        "statement_timeout": [("15s",)],
        "lock_timeout": [("5s",)],
        "idle_in_transaction_session_timeout": [("5s",)],
    }
    logs = (site.site.environment.var / "log").glob("*.log")
    said = "".join(log.read_text() for log in logs)
    assert "prepared statement" not in said
