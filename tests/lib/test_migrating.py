"""Migrating waits for others without keeping anybody waiting, and nothing ends it half-way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import OperationalError, connection, models
from django.db.migrations.state import ProjectState

from openletter.lib.db import fitness, migrating
from openletter.lib.db.migrating import AddIndexConcurrently
from tests.live.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "signatures_formsubmission"
INDEX = "made_by_a_test"


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the same database."""
    with fitness.session(autocommit=False) as somebody:
        yield somebody
        somebody.rollback()


@pytest.fixture
def _index() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")


def limits() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
        )
        return tuple(cursor.fetchone())


def migrate(statement: str = "SELECT 1", *, atomic: bool = True) -> tuple[str, ...]:
    with connection.schema_editor(atomic=atomic) as editor:
        editor.execute(statement)
        return limits()


def lock_table() -> None:
    migrate(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")


@pytest.mark.parametrize("atomic", [True, False])
def test_no_time_limit_ends_a_migration_and_it_waits_for_no_lock_long(atomic: bool) -> None:
    before = limits()
    seen: list[tuple[str, ...]] = []
    migrating.patiently(lambda: seen.append(migrate(atomic=atomic)))
    assert seen == [("0", "1s")]
    assert limits() == before != seen[0]
    assert migrate() == before  # nobody else's schema editor is patient


def test_behind_a_pooler_nothing_is_set_that_another_would_get(settings: Any) -> None:
    settings.DATABASE_POOLER = True
    seen: list[tuple[str, ...]] = []
    migrating.patiently(lambda: seen.append(migrate(atomic=True)))
    migrating.patiently(lambda: seen.append(migrate(atomic=False)))
    assert seen == [("0", "1s"), limits()]


@pytest.mark.slow
def test_it_tries_again_when_somebody_holds_the_table(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.execute(f"LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE")  # as who signs does
    monkeypatch.setattr(time, "sleep", lambda _seconds: other.rollback())
    tries: list[int] = []

    def attempt() -> None:
        tries.append(1)
        lock_table()

    migrating.patiently(attempt)
    assert len(tries) == 2


@pytest.mark.slow
def test_it_gives_up_with_what_to_do(other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other.execute(f"LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE")
    monkeypatch.setattr(migrating, "TRIES", 2)
    monkeypatch.setattr(migrating, "PAUSE_SECONDS", 0)
    with pytest.raises(migrating.NotMigrated, match="pg_stat_activity"):
        migrating.patiently(lock_table)


def test_what_waiting_would_not_change_is_raised_at_once() -> None:
    with pytest.raises(OperationalError, match="canceling statement"):
        migrating.patiently(
            lambda: migrate("SET LOCAL statement_timeout = 10; SELECT pg_sleep(60)")
        )


def test_a_limit_of_a_pooler_that_ends_it_is_told_with_what_to_do(settings: Any) -> None:
    settings.DATABASE_POOLER = True
    with pytest.raises(migrating.NotMigrated, match="DATABASE_POOLER=0"):
        migrating.patiently(
            lambda: migrate("SET LOCAL statement_timeout = 10; SELECT pg_sleep(60)")
        )


def test_the_command_that_everybody_calls_is_the_patient_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert get_commands()["migrate"] == "openletter.operations"

    def refuse(_migrate: object) -> None:
        raise migrating.NotMigrated("Wait.")

    call_command("migrate", verbosity=0)
    monkeypatch.setattr(migrating, "patiently", refuse)
    with pytest.raises(CommandError, match="Wait"):
        call_command("migrate", verbosity=0)


def add_index() -> None:
    state = ProjectState.from_apps(apps)
    index = models.Index(fields=["at", "email_domain"], name=INDEX)
    operation = AddIndexConcurrently(model_name="formsubmission", index=index)
    after = state.clone()
    operation.state_forwards("signatures", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("signatures", editor, state, after)


def is_valid() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [INDEX])
        return bool(cursor.fetchone()[0])


@pytest.mark.usefixtures("_index")
def test_an_index_is_made_while_others_write_and_the_machine_is_alone(other: Any) -> None:
    """`prepare` keeps a transaction open meanwhile; PostgreSQL waits for those with a snapshot."""
    with fitness.alone(4711):
        migrating.patiently(add_index)
    assert is_valid()
    migrating.patiently(add_index)  # made, and not written down


@pytest.mark.slow
@pytest.mark.usefixtures("_index")
def test_f36_an_index_does_not_wait_for_a_machine_that_waits_for_us(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A statement that waits for the lock has a snapshot, and each would wait for the other."""

    def prepare_too() -> None:
        with fitness.alone(4711):
            pass

    with ThreadPoolExecutor(1) as another:
        with fitness.alone(4711):
            waiting = another.submit(prepare_too)
            until(lambda: "waiting for it" in caplog.text, "the other machine")
            migrating.patiently(add_index)
        waiting.result(PATIENCE)
    assert is_valid()


@pytest.mark.usefixtures("_index")
def test_an_index_that_was_left_half_made_is_made_anew() -> None:
    migrating.patiently(add_index)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [INDEX]
        )
    assert not is_valid()
    migrating.patiently(add_index)
    assert is_valid()
