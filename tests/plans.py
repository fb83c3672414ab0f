"""How PostgreSQL would run what an act asks: which tables that grow it reads whole, how many pages.

    begin_anew()
    with Plans() as plans:
        plans.of(act)  # made while there is nothing, and kept
        fill()
        assert reads_whole(plans.of(act)) == []
        analyze()
        assert reads_whole(plans.of(act)) == []

A statement is planned with its values. One of `lib/db/statements.py` is also prepared and planned
without them, as PostgreSQL does for one that comes again and again: that plan stays until the next
ANALYZE, however much is filled in before, and the worse of the two is told. Each is tried before it
is really run, and what it did then is taken back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.client_cursor import ClientCursorMixin

from dev import query_plans
from tests.tables import GROW

TABLES = frozenset(apps.get_model(label)._meta.db_table for label in GROW)
FEW_ROWS = 100
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON) "
_HAS_A_PLAN = re.compile(r"\s*\(*\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\b", re.IGNORECASE)
_PLACE = re.compile(r"%%|%s|%\((\w+)\)s")


@dataclass(frozen=True)
class Plan:
    """How one statement ran."""

    statement: str
    root: dict[str, Any]

    @property
    def buffers(self) -> int:
        """How many pages it looked at, each as often as it did."""
        return query_plans.buffers(self.root)

    @property
    def reads_whole(self) -> list[str]:
        """The tables that grow which it reads from end to end, or all that some index has of them.

        A table of a few rows is nothing to look up: fill it. In the order of an index is no harm
        below a LIMIT: `buffers` tell how far it got.
        """
        found = (scan for scan in query_plans.scans(self.root) if scan.is_whole)
        named = (
            (scan.table or _table_of(scan.index), scan) for scan in found if scan.rows > FEW_ROWS
        )
        return [
            f"{table} by {scan.index}" if scan.index else table
            for table, scan in named
            if table in TABLES
        ]

    def __str__(self) -> str:
        return f"{self.buffers} buffers: {' '.join(self.statement.split())}\n{_drawn(self.root)}"


def reads_whole(plans: Iterable[Plan]) -> list[str]:
    """Return those plans, readable, that read a table whole which grows."""
    return [f"{', '.join(plan.reads_whole)} in {plan}" for plan in plans if plan.reads_whole]


def buffers(plans: Iterable[Plan]) -> int:
    """Return how many pages all of them looked at."""
    return sum(plan.buffers for plan in plans)


@dataclass
class Plans:
    """What one connection has planned, and keeps."""

    _prepared: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    _found: list[Plan] = field(default_factory=list)

    def __enter__(self) -> Plans:
        return self

    def __exit__(self, *_problem: object) -> None:
        for name in self._prepared.values():
            _run(f"DEALLOCATE {name}")

    def of(self, act: Callable[[], object]) -> list[Plan]:
        """Do something; return the plan of each statement that it sent by this connection."""
        self._found = []
        with connection.execute_wrapper(self._noted):
            act()
        return self._found

    def _noted(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        text = sql.as_string(connection.connection) if not isinstance(sql, str) else sql
        if _HAS_A_PLAN.match(text):
            values = next(iter(params), None) if many else params
            ways = [_with_values(text, values)]
            if not isinstance(context["cursor"].cursor, ClientCursorMixin):
                ways.append(self._executed(text, values))
            plans = [Plan(text, _explained(way)) for way in ways]
            self._found.append(max(plans, key=lambda plan: (plan.reads_whole, plan.buffers)))
        return execute(sql, params, many, context)

    def _executed(self, sql: str, params: Any) -> str:
        """Return what runs a statement by the plan that is kept of it."""
        text, values = _numbered(sql, params)
        key = text, tuple(_types(values))
        if key not in self._prepared:
            name = f"of_a_test_{len(self._prepared)}"
            types = f" ({', '.join(key[1])})" if values else ""
            _run(f"PREPARE {name}{types} AS {text}")
            self._prepared[key] = name
        places = f" ({', '.join(['%s'] * len(values))})" if values else ""
        return _with_values(f"EXECUTE {self._prepared[key]}{places}", values)


def begin_anew() -> None:
    """Let the tables that grow be as on a new site: without rows, and nothing is known of them.

    Rows that a test took back are still in the file, by whose size the planner goes.
    """
    names = sorted(TABLES)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait for the end
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")  # also the ledger
        cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("DELETE FROM pg_statistic WHERE starelid = ANY(%s::regclass[])", [names])


def analyze() -> None:
    """Let the planner know of the tables that grow all it can."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(sorted(TABLES))}")


def _table_of(index: str) -> str:
    with _bare() as cursor:
        cursor.execute("SELECT tablename FROM pg_indexes WHERE indexname = %s", [index])
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def _drawn(node: dict[str, Any], depth: int = 0) -> str:
    words = [
        node["Node Type"],
        *(f"{node[name]}" for name in ("Relation Name", "Index Name") if name in node),
        *(f"[{node[name]}]" for name in ("Index Cond", "Filter") if name in node),
        f"rows={node['Actual Rows']}x{node['Actual Loops']}",
        f"buffers={query_plans.buffers(node)}",
    ]
    below = [_drawn(one, depth + 1) for one in node.get("Plans", ())]
    return "\n".join(["  " * depth + " ".join(words), *below])


def _numbered(sql: str, params: Any) -> tuple[str, list[object]]:
    """Return a statement with $1 for %s, as psycopg sends it, and the values in that order."""
    if params is None:
        return sql, []
    names: list[str] = []
    values: list[object] = []

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if found[1] is None:
            values.append(params[len(values)])
        elif found[1] not in names:
            names.append(found[1])
            values.append(params[found[1]])
        return f"${len(values) if found[1] is None else names.index(found[1]) + 1}"

    return _PLACE.sub(number, sql), values


def _types(values: list[object]) -> list[str]:
    known = Transformer(connection.connection)
    known.dump_sequence(values, [PyFormat.AUTO] * len(values))
    with _bare() as cursor:
        cursor.execute(
            "SELECT COALESCE(format_type(NULLIF(oid, 0), NULL), 'unknown')"
            " FROM unnest(%s::oid[]) WITH ORDINALITY AS type (oid, place) ORDER BY place",
            [list(known.types or ())],
        )
        return [name for (name,) in cursor.fetchall()]


def _with_values(sql: str, params: Any) -> str:
    return sql if params is None else _bare().mogrify(sql, params)


def _explained(statement: str) -> dict[str, Any]:
    with connection.connection.transaction(force_rollback=True), _bare() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(_EXPLAIN + statement)
        (found,) = cursor.fetchone() or ([],)
    plans = json.loads(found) if isinstance(found, str) else found
    return dict(plans[0]["Plan"])


def _run(statement: str) -> None:
    with _bare() as cursor:
        cursor.execute(statement)


def _bare() -> psycopg.ClientCursor[Any]:
    """Return a cursor that no wrapper of Django sees, and that sends values within the text."""
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection)
