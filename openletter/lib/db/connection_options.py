"""How long a process and PostgreSQL wait for each other. Read by settings.py, so no Django here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What libpq does when packets are dropped and nobody says so: without this it waits for minutes.
# On a socket of the same machine none of it applies.
NETWORK: Mapping[str, int] = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
# What PostgreSQL does, in milliseconds. The third bounds for how long a machine that dies may keep
# a row that others wait for, such as a letter's number.
LIMITS: Mapping[str, int] = {
    "statement_timeout": 15_000,
    "lock_timeout": 5_000,
    "idle_in_transaction_session_timeout": 5_000,
}
# A pause of a person at a terminal, or of a migration, is longer than one of the site.
LIMITS_OF_MANAGE: Mapping[str, int] = {**LIMITS, "idle_in_transaction_session_timeout": 30_000}
# How many seconds we ourselves wait for an answer, since a PostgreSQL that is frozen keeps no limit
# of its own (lib/db/postgresql). The first is longer than `statement_timeout`; when it is over we
# ask by another connection for as long as the second says, and go on waiting if somebody is there.
LONGEST_ANSWER = 17.0
LONGEST_DOUBT = 15
# A page of the public waits for other pages' locks (`lock_timeout`) and for nothing that is slow.
LONGEST_ANSWER_TO_THE_PUBLIC = 7.0
# To a question that asks for nothing, and how often a connection is asked it.
LONGEST_CHECK = 3.0
ASKED_EVERY = 1.0
# PostgreSQL notices as well when we fall silent, also while it runs or waits for us.
_NETWORK_THERE: Mapping[str, int] = {
    "client_connection_check_interval": 2000,
    "tcp_keepalives_idle": 3,
    "tcp_keepalives_interval": 1,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
# Until the next ANALYZE PostgreSQL takes a table for what it was at the last one, perhaps empty,
# and then reads whole what a crowd has filled; so does a plan that a connection keeps, for as long
# as it lasts (`PLANS_LAST` in lib/db/statements.py). So an index is taken where there is one. By
# that, a scan of a table without one seems so dear to PostgreSQL before 18 that it would compile
# it, which the second forbids.
_PLANS: Mapping[str, str] = {"enable_seqscan": "off", "jit": "off"}


def options(process: str, *, has_pooler: bool) -> dict[str, Any]:
    """Return the options of a connection. Behind a pooler those of the session are missing.

    It refuses them, or takes them and passes nothing on. The role carries `LIMITS` there, which
    `./run manage prepare` writes to it, and nothing of the rest. Statements that one connection
    prepared are unknown to the next, so none is prepared, and no plan is kept.
    """
    if has_pooler:
        return {**NETWORK, "prepare_threshold": None}
    limits = LIMITS_OF_MANAGE if process == "manage" else LIMITS
    session = {**limits, **_NETWORK_THERE, **_PLANS}
    return {
        **NETWORK,
        # Statements of lib/db/statements.py are prepared when they have come so often, and keep
        # their plans for a while.
        "prepare_threshold": 5,
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
    }


def keep(database: Any, process: str, *, threads: int) -> None:
    """Let connections last: those of a web process in a pool, each of another for a minute.

    Celery would close a pool around every task.
    """
    database["CONN_MAX_AGE"] = 0 if process == "web" else 60
    if process == "web":
        database["OPTIONS"]["pool"] = _pool(threads)


def _pool(threads: int) -> dict[str, Any]:
    """Return the options of a pool: a connection for each thread, and one more."""
    return {
        "min_size": 1,
        "max_size": threads + 1,
        "timeout": 5,
        # When it gives up, the next request tries again at once. Otherwise its tries would become
        # rare while PostgreSQL is away (16, 32, 64 s), and so would its return.
        "reconnect_timeout": 2,
    }
