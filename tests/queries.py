"""Count what a page asks the database."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openletter.counters import counts

# Strings, numbers, what stands for no value, and the names that Django makes up for savepoints.
_VALUE = re.compile(
    r"""(?:\b[EB])?'(?:[^'\\]|\\.|'')*'|(?<![\w"$])-?\d+(?:\.\d+)?\b|\b(?:NULL|true|false)\b|"s\d+_x\d+\""""
)


def queries_of(client: Client, path: str) -> int:
    """Return how many queries a page takes when the process keeps no number yet."""
    counts.forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def statements(act: Callable[[], object]) -> list[str]:
    """Return what an act asks the database, without the values: the same for the same work."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return [_VALUE.sub("?", query["sql"]) for query in asked.captured_queries]
