"""F30: a PostgreSQL that says nothing is given up, whatever stands before it acknowledges."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg_pool import PoolTimeout

from openletter.lib.db.postgresql import connection as waiting
from openletter.lib.db.postgresql.base import DatabaseWrapper
from openletter.lib.db.postgresql.connection import WRITTEN_FOR, Connection, at_most
from tests.live.waiting import let_last

# What PostgreSQL says last when it lets somebody in, and after every answer.
READY = b"Z\x00\x00\x00\x05I"


class Relay:
    """Stands before PostgreSQL, and takes in everything; passes it on until it is told to hush."""

    def __init__(self, there: str) -> None:
        self._there = there
        self._silent = threading.Event()
        self._reads = threading.Event()
        self._reads.set()
        self.lets_in = False
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def hush(self, *, lets_in: bool = False) -> None:
        """Pass on nothing, or only what lets a client in, as a pooler does."""
        self.lets_in = lets_in
        self._silent.set()

    @contextmanager
    def reading_nothing(self) -> Iterator[None]:
        self._reads.clear()
        try:
            yield
        finally:
            self._reads.set()

    def close(self) -> None:
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                here, _address = self._listening.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._there)
                self._open += [here, there]
                is_in = threading.Event()
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pass, args=(*ends, is_in), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_in: threading.Event) -> None:
        with suppress(OSError):
            while self._reads.wait() and (said := source.recv(65536)):
                if not self._silent.is_set() or (self.lets_in and not is_in.is_set()):
                    target.sendall(said)
                if READY in said:
                    is_in.set()
            target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(params: dict[str, Any]) -> Iterator[Relay]:
    folder = params["host"]
    if not Path(folder).is_dir():
        pytest.skip("the tests' own PostgreSQL is reached by a socket in a folder")
    relay = Relay(f"{folder}/.s.PGSQL.{params.get('port') or 5432}")
    yield relay
    relay.close()


def behind(relay: Relay, params: dict[str, Any]) -> Connection:
    return Connection.connect(
        **{**params, "host": "127.0.0.1", "port": relay.port}, autocommit=True
    )


def test_psycopg_is_the_one_whose_waiting_this_was_written_for() -> None:
    """After an upgrade: compare connection.py with psycopg's own wait, then say so."""
    assert version("psycopg").startswith(f"{WRITTEN_FOR}.")


def test_f30_an_answer_that_does_not_come_in_time_breaks_the_connection(
    relay: Relay, params: dict[str, Any]
) -> None:
    session = behind(relay, params)
    with at_most(0.3):
        assert session.execute("SELECT 1").fetchone() == (1,)
        relay.hush()
        with pytest.raises(psycopg.OperationalError, match="not answered") as gave_up:
            session.execute("SELECT 1")
    assert gave_up.value.sqlstate is None
    assert session.broken


@pytest.mark.slow
@pytest.mark.parametrize("lets_in", [False, True])
def test_f30_without_a_time_it_is_given_up_when_nobody_else_is_answered_either(
    relay: Relay, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch, lets_in: bool
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_ANSWER", 0.3)
    monkeypatch.setattr(waiting, "LONGEST_DOUBT", 2)
    session = behind(relay, params)
    relay.hush(lets_in=lets_in)
    with pytest.raises(psycopg.OperationalError, match="not answered"):
        session.execute("SELECT 1")
    assert session.broken


@pytest.mark.slow
def test_a_statement_that_takes_long_is_not_cut_while_postgresql_answers(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_ANSWER", 0.1)
    with Connection.connect(**params) as session:
        session.execute("SET statement_timeout = 0")
        assert session.execute("SELECT 7 FROM pg_sleep(1)").fetchone() == (7,)


def test_a_statement_that_is_taken_in_slowly_is_not_cut_while_postgresql_answers(
    relay: Relay, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_ANSWER", 0.1)
    asked = threading.Event()
    is_there = Connection._is_somebody_there

    def also_tell(session: Connection) -> bool:
        asked.set()
        return is_there(session)

    monkeypatch.setattr(Connection, "_is_somebody_there", also_tell)
    with behind(relay, params) as session, ThreadPoolExecutor(1) as threads:
        with relay.reading_nothing():
            words = "x" * 20_000_000
            length = threads.submit(session.execute, "SELECT length(%s)", [words])
            assert asked.wait(30)
        assert length.result().fetchone() == (len(words),)


def test_of_two_times_the_shorter_one_holds(params: dict[str, Any]) -> None:
    refused = pytest.raises(psycopg.OperationalError, match="not answered")
    with Connection.connect(**params) as session, at_most(0.2), at_most(60), refused:
        session.execute("SELECT pg_sleep(30)")


@contextmanager
def pooled(**changes: Any) -> Iterator[DatabaseWrapper]:
    """Return Django's connection to the same database, as a web process has it."""
    default = connections["default"].settings_dict
    options = {**default["OPTIONS"], "pool": {"min_size": 1, "max_size": 1, "timeout": 4}}
    settings = {**default, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    connection = DatabaseWrapper({**settings, **changes}, "pooled")
    try:
        yield connection
    finally:
        connection.close_pool()


def taken_from(connection: DatabaseWrapper) -> Any:
    return connection.get_new_connection(connection.get_connection_params())


def test_django_connects_by_it_with_and_without_a_pool(params: dict[str, Any]) -> None:
    default = connections["default"]
    default.ensure_connection()
    assert isinstance(default.connection, Connection)
    with pooled() as connection:
        session = taken_from(connection)
        assert isinstance(session, Connection)
        connection.pool.putconn(session)


@pytest.mark.slow
def test_f30_a_silent_connection_of_the_pool_is_given_to_nobody(
    relay: Relay, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ASKED_EVERY", 0.0)
    with pooled(HOST="127.0.0.1", PORT=relay.port) as connection:
        connection.pool.putconn(taken_from(connection))
        relay.hush()
        with at_most(0.3), pytest.raises(PoolTimeout):
            taken_from(connection)


def test_f30_one_that_the_server_ended_is_given_to_nobody_however_lately_it_was_asked(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ASKED_EVERY", 600.0)
    with pooled() as connection, Connection.connect(**params, autocommit=True) as other:
        first = taken_from(connection)
        connection.pool.putconn(first)
        again = taken_from(connection)
        assert again is first
        connection.pool.putconn(again)
        ended = "SELECT pg_terminate_backend(%s, 5000)"
        assert other.execute(ended, [first.info.backend_pid]).fetchone() == (True,)
        next_one = taken_from(connection)
        assert next_one is not first
        assert next_one.execute("SELECT 1").fetchone() == (1,)
        connection.pool.putconn(next_one)


def test_a_connection_is_asked_once_a_second_and_not_for_each_request(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ASKED_EVERY", 600.0)
    with Connection.connect(**params) as session:
        assert [session.seems_alive() for _time in range(3)] == [False, True, True]
        monkeypatch.setattr(waiting, "ASKED_EVERY", 0.0)
        assert not session.seems_alive()


def test_one_whose_transaction_is_broken_is_asked_again(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ASKED_EVERY", 600.0)
    with Connection.connect(**params) as session:
        assert [session.seems_alive() for _time in range(2)] == [False, True]
        with suppress(psycopg.Error):
            session.execute("SELECT 1 / 0")
        assert not session.seems_alive()
        session.rollback()


def test_a_pause_between_statements_is_not_counted(params: dict[str, Any]) -> None:
    with Connection.connect(**params) as session, at_most(0.2):
        session.execute("SELECT 1")
        let_last(0.4)
        session.execute("SELECT 1")
