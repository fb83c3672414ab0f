"""Whether PostgreSQL, and what may stand before it, keeps what the site relies on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
)

from openletter.lib.db import clock
from openletter.lib.db.connection_options import LIMITS
from openletter.lib.db.postgresql.connection import Connection

log = logging.getLogger(__name__)

_LONGEST_LIMIT = 60_000

_SESSION = """
SELECT pg_backend_pid(), name, setting::bigint FROM pg_settings WHERE name = ANY(%s)
"""
_LIMITS_OF_ROLE = """
SELECT COALESCE(array_agg(entry), '{}') FROM pg_db_role_setting, unnest(setconfig) AS entry
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""
# Sessions that began before do not know the new limits; only a pooler keeps them.
_END_IDLE_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND state = 'idle'
"""

_UNNAMED_POOLER = (
    "A pooler such as PgBouncer stands between the site and PostgreSQL, and the site was not told:"
    " set DATABASE_POOLER=1 and start again. docs/deploy.md says what the pooler needs."
)
_MISSING_LIMITS = (
    "The sessions that the database opens for the site have no {limits} of at most a minute, so"
    " that a query could hang for ever: run ./run manage prepare, which sets them for the site's"
    " role, and let the pooler connect anew (RECONNECT on PgBouncer's console)."
)
_WORDS_OF_A_POOLER = {
    "unsupported startup parameter": _UNNAMED_POOLER,
    "statement pooling mode": (
        "The pooler before PostgreSQL has pool_mode = statement, which allows no transactions: set"
        " pool_mode = transaction (or session) there."
    ),
}
# What happens to the best of statements: PostgreSQL or one of our limits ended it, and not what it
# says. Django and psycopg call some of these internal errors.
_PASSES = (
    "08",  # the connection
    "25006",  # a standby that takes over, or a disk that is nearly full: nothing is written now
    "25P03",  # a transaction in which nothing happened for too long
    "25P04",  # one that took too long as a whole
    "40",  # two that cannot both be: a deadlock
    "53",  # out of connections, memory or disk
    "55P03",  # a lock that was not to be had
    "57014",  # a statement that took too long
    "57P",  # PostgreSQL stops, crashed, or begins
)
_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
_is_fit = False
_ASKS_EVERY_SECONDS = 0.5


class Unfit(ImproperlyConfigured):
    """The database, or what stands before it, cannot be used as it is; the text says what to do."""


def opened(*, connection: Any, **_of_the_signal: Any) -> None:
    """Receive every new connection: judge it once, and compare the clocks now and then.

    With a pool a connection is new each time a request takes one out.
    """
    global _is_fit
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    if settings.PROCESS in {"web", "worker"} and not _is_fit:
        try:
            _judge(connection.connection)
        except Unfit:
            connection.close()  # or the next task would go on with it
            raise
        _is_fit = True
    clock.learn_from(connection.connection)


def insist_on_fitness() -> None:
    """Raise `Unfit` unless the database can be used as it is, or is away, which passes."""
    try:
        with session() as own:
            _judge(own)
            clock.learn_from(own)
    except psycopg.Error as problem:
        if not passes_by_itself(problem):
            raise
        log.warning("database: away (%s)", type(problem).__name__)


@contextmanager
def session(*, limited: bool = True, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
    """Connect apart from what a request or task uses, and from the pool of a web process.

    With `limited` false nothing ends a long statement; behind a pooler the role's limit does, since
    what is set there would be another's session the next moment. Raises `Unfit` when the pooler is
    of no use.
    """
    try:
        with Connection.connect(**connection.get_connection_params(), autocommit=autocommit) as own:
            if not limited and not settings.DATABASE_POOLER:
                own.execute("SET statement_timeout = 0")
            yield own
    except psycopg.OperationalError as problem:
        for words, advice in _WORDS_OF_A_POOLER.items():
            if words in str(problem):
                raise Unfit(advice) from problem
        raise


def passes_by_itself(problem: BaseException | None) -> bool:
    """Say whether an error of Django or psycopg is a state of PostgreSQL, and no defect of ours."""
    if isinstance(problem, _AWAY):
        return True
    cause = problem.__cause__ if isinstance(problem, DatabaseError) else problem
    return isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(_PASSES)


def _judge(session: psycopg.Connection[Any]) -> None:
    with session.transaction():
        rows = session.execute(_SESSION, [list(LIMITS)]).fetchall()
    # A pooler makes up the number that it tells when a connection begins.
    has_pooler = {pid for pid, _name, _limit in rows} != {session.info.backend_pid}
    if has_pooler and not settings.DATABASE_POOLER:
        raise Unfit(_UNNAMED_POOLER)
    missing = [name for _pid, name, limit in rows if not 0 < limit <= _LONGEST_LIMIT]
    if missing:
        raise Unfit(_MISSING_LIMITS.format(limits=", ".join(missing)))


def limit_role() -> bool:
    """Write the limits to the role in this database, for sessions that a pooler opens.

    Return whether that changed anything; sessions that are open and idle are ended then.
    """
    wanted = {f"{name}={value}" for name, value in LIMITS.items()}
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS_OF_ROLE)
        (entries,) = cursor.fetchone()
        if wanted <= set(entries):
            return False
        quote = connection.ops.quote_name
        cursor.execute("SELECT current_user, current_database()")
        role, database = map(quote, cursor.fetchone())
        for name, value in LIMITS.items():
            cursor.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = {value}")
    end_idle_sessions()
    return True


def end_idle_sessions() -> None:
    """Let whoever comes next get a session from after now, with the limits that the role has."""
    with connection.cursor() as cursor:
        cursor.execute(_END_IDLE_SESSIONS)
        cursor.fetchall()
    _end_own_session()


def _end_own_session() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    except DatabaseError:
        pass  # that is what it looks like from here
    connection.close()


@contextmanager
def alone(number: int, *, waits: bool = True) -> Iterator[bool]:
    """Keep every other process, on any machine, from being in here with this number.

    Say whether that was possible at once, or wait for it. Holds a transaction of its own, because
    behind a pooler a lock of the session is nobody's. It keeps no snapshot: nothing that was
    deleted stays on disk because of it, and no index that is made waits for it. So whoever waits
    asks again and again: a statement that waits has a snapshot, for which an index that the other
    makes would wait, and each for the other for ever.
    """
    with session(autocommit=False) as own:
        got = _got_lock(own, number)
        if waits and not got:
            log.warning("another machine is doing the same; waiting for it")
        while waits and not got:
            own.execute(f"SELECT pg_sleep({_ASKS_EVERY_SECONDS})")
            got = _got_lock(own, number)
        try:
            yield got
        finally:
            own.rollback()


def _got_lock(own: psycopg.Connection[Any], number: int) -> bool:
    own.rollback()
    for limit in LIMITS:
        own.execute(f"SET LOCAL {limit} = 0")
    # Without a parameter: after a statement that has one its snapshot is kept.
    return own.execute(f"SELECT pg_try_advisory_xact_lock({number:d})").fetchone() == (True,)
