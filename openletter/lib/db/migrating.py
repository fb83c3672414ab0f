"""Migrate while people sign: nobody waits behind it for long, and no time limit ends it half-way.

A statement that needs a lock which others wait for gives up after a second, its migration is rolled
back, and it is tried again. CONTRIBUTING.md says what a migration of a table that grows may do.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.postgres import operations
from django.db import OperationalError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from psycopg.errors import LockNotAvailable, QueryCanceled

log = logging.getLogger(__name__)

LOCK_SECONDS = 1
# Two minutes and a half, with the pauses.
TRIES = 30
PAUSE_SECONDS = 4.0
_LIMITS = {"statement_timeout": "0", "lock_timeout": f"{LOCK_SECONDS}s"}
_IS_VALID = """
SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)
"""


class NotMigrated(Exception):
    """The database is as the last migration left it that came to its end; the text says why."""


class PatientSchemaEditor(DatabaseSchemaEditor):
    """Gives a migration limits of its own: any time for its statements, little for others' locks.

    Behind a pooler a session is nobody's, so there one without a transaction has the role's.
    """

    def __enter__(self) -> PatientSchemaEditor:
        super().__enter__()
        if self._may_limit():
            self._run(f"SET {'LOCAL' if self.atomic_migration else ''} {{}} = '{{}}'")
        return self

    def __exit__(self, *problem: Any) -> None:
        try:
            super().__exit__(*problem)
        finally:
            if self._may_limit() and not self.atomic_migration:
                self._run("RESET {}")

    def _may_limit(self) -> bool:
        return bool(self.atomic_migration) or not settings.DATABASE_POOLER

    def _run(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            for limit, value in _LIMITS.items():
                cursor.execute(statement.format(limit, value))


class AddIndexConcurrently(operations.AddIndexConcurrently):
    """Make an index beside those who write. One that an earlier try left half-made is made anew.

    Whoever waits for the old transactions of others, as this does, keeps nobody waiting, so no
    limit ends it.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_IS_VALID, [self.index.name])
            found = cursor.fetchone()
            if found == (True,):
                return  # made, but the process ended before the migration was written down
            if not settings.DATABASE_POOLER:
                cursor.execute("SET lock_timeout = 0")
            if found:
                name = schema_editor.quote_name(self.index.name)
                cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


def patiently(migrate: Callable[[], object]) -> None:
    """Call what migrates until nothing is in its way. Raises `NotMigrated`, with what to do.

    What was migrated before a try failed stays, and the next one goes on from there.
    """
    usual = connection.SchemaEditorClass
    connection.SchemaEditorClass = PatientSchemaEditor
    try:
        for left in reversed(range(TRIES)):
            try:
                migrate()
                return
            except OperationalError as problem:
                _go_on(problem, left)
            log.warning("migrate: others hold a table; trying again")
            time.sleep(PAUSE_SECONDS)
    finally:
        connection.SchemaEditorClass = usual


def _go_on(problem: OperationalError, left: int) -> None:
    """Raise what a further try would not change."""
    if isinstance(problem.__cause__, QueryCanceled) and settings.DATABASE_POOLER:
        raise NotMigrated(
            "A migration was stopped by the time limit of the role, which holds behind a pooler."
            " Run ./run manage migrate once with DATABASE_POOLER=0 and a DATABASE_URL that leads to"
            " PostgreSQL itself, then start again. See docs/deploy.md."
        ) from problem
    if not isinstance(problem.__cause__, LockNotAvailable):
        raise problem
    if not left:
        raise NotMigrated(
            "Another session has held a table that is to be migrated for minutes, such as that of a"
            " backup. Wait for it or end it (see pg_stat_activity), then start again: it goes on"
            " where it stopped. Nobody was kept from signing meanwhile."
        ) from problem
