"""How PostgreSQL ran what this process really sent: told by its module `auto_explain`."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dev import query_plans
from dev.bench.inside import set_up

set_up()

from django.db import connection  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

# Of a table with fewer rows nobody cares whether it is read whole.
MANY = 1_000
_BEGIN = (
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_timing = off",
    "SET auto_explain.log_format = json",
    "SET client_min_messages = log",
)
_END = ("SET auto_explain.log_min_duration = -1", "RESET client_min_messages")
_FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")


@dataclass
class Work:
    """What the database did for one act."""

    sent: int = 0  # statements, without BEGIN, COMMIT and the like
    times: list[float] = field(default_factory=list)  # milliseconds of each that has a plan
    buffers: int = 0
    rows: int = 0  # that its scans read
    whole: set[str] = field(default_factory=set)  # what large tables were read from end to end

    def add(self, told: str) -> None:
        """Take in what `auto_explain` says of a statement: `duration: 0.1 ms  plan:` and JSON."""
        head, _plan, plan = told.partition("plan:")
        self.times.append(float(head.split()[1]))
        root = json.loads(plan)["Plan"]
        self.buffers += query_plans.buffers(root)
        for scan in query_plans.scans(root):
            self.rows += scan.rows
            if scan.is_whole and scan.rows > MANY:
                self.whole.add(scan.table or scan.index)


@contextmanager
def watched() -> Iterator[Work]:
    """Watch what is sent by Django's connection; needs a superuser, as on a site of our own."""
    work = Work()

    def told(message: psycopg.errors.Diagnostic) -> None:
        text = message.message_primary or ""
        if text.startswith("duration:"):
            work.add(text)

    def count(execute: Any, sql: Any, *rest: Any) -> Any:
        work.sent += not str(sql).startswith(_FRAMES)
        return execute(sql, *rest)

    _run(_BEGIN)
    bare = connection.connection
    bare.add_notice_handler(told)
    try:
        with connection.execute_wrapper(count):
            yield work
    finally:
        bare.remove_notice_handler(told)
        if connection.connection is bare:
            _run(_END)


def _run(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
