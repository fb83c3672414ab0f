"""Count what a page asks the database, and compare what two requests ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openletter.counters import counts

T = TypeVar("T")
# What differs between two requests for two people, and must not tell them apart.
_VALUES = re.compile(
    r"'(?:[^']|'')*'(?:::\w+)?|(?<![\w$])-?\d+(?:\.\d+)?|\bNULL\b|\bTRUE\b|\bFALSE\b", re.I
)
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')


def queries_of(client: Client, path: str) -> int:
    """Return how many queries a page takes when the process keeps no number yet."""
    counts.forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def statements_of(act: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
    """Do something; return what it returned, and every statement it sent, without the values."""
    with CaptureQueriesContext(connection) as queries:
        done = act()
    # Before the next request, which empties Django's list of queries.
    return done, tuple(_plain(query["sql"]) for query in queries)


def _plain(sql: str) -> str:
    return "".join(_SAVEPOINT.sub("savepoint", _VALUES.sub("?", sql)).split())
