"""Statements that PostgreSQL plans once for a connection, instead of each time they are sent.

For the few that every signature needs: to plan them took longer than to run them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Parameters = Sequence[object] | Mapping[str, object]
Row = tuple[Any, ...]


# Longer statements, and those with more parameters, psycopg reads anew each time they are sent,
# which takes longer than all the rest.
MOST_CHARACTERS, MOST_PARAMETERS = 4096, 50
# A plan that was made while a table was nearly empty reads all of it, and PostgreSQL keeps it until
# the next ANALYZE: a minute in which a crowd may come. So plans are made anew, which takes a
# connection a few milliseconds.
PLANS_LAST = 5.0  # seconds


def short(text: str) -> str:
    """Return a statement without its comments and its indentation."""
    lines = (line.partition("--")[0].strip() for line in text.splitlines())
    return " ".join(line for line in lines if line)


def row_of(statement: str, parameters: Parameters) -> Row | None:
    """Run a statement that returns rows, in the open transaction if any; return the first one.

    Its text must always be the same: what differs is a parameter. Parameters go to the server
    beside it, so a type that nothing in the statement tells is written there, as in `%s::text`.
    """
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        found: Row | None = cursor.fetchone()
    return found


def rows_of(statement: str, parameters: Parameters) -> list[Row]:
    """Run a statement as `row_of` does; return all of its rows."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[Row] = cursor.fetchall()
    return found


def _cursor() -> Any:
    """Return a cursor that sends parameters beside the statement, inside Django's wrapper.

    Django's own writes them into the text, and then no two are the same. Its log of queries, which
    there is while debugging, knows only that one.
    """
    database = connections[DEFAULT_DB_ALIAS]  # Django's `connection` looks it up for each word
    if database.queries_logged:
        return database.cursor()
    database.ensure_connection()
    _forget_old_plans(database)
    bare: Any = psycopg.Cursor(database.connection)
    return database.make_cursor(bare)


def _forget_old_plans(database: Any) -> None:
    bare, now = database.connection, time.monotonic()
    if bare.plans_made_at + PLANS_LAST <= now and bare.prepare_threshold is not None:
        bare.plans_made_at = now
        with database.wrap_database_errors:  # as of any statement
            bare.execute("DISCARD PLANS")


def only_row_of(statement: str, parameters: Parameters) -> Row:
    """Run a statement that always returns a row, such as one that counts."""
    found = row_of(statement, parameters)
    if found is None:
        raise LookupError("the statement returned no row")
    return found
