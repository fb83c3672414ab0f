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
# What differs between two requests for two people, and must not tell them apart: strings, numbers,
# what stands for no value, and the names that Django makes up for savepoints.
_VALUE = re.compile(
    r"""(?:\b[EB])?'(?:[^'\\]|\\.|'')*'(?:::\w+(?:\[\])?)*|(?<![\w"$])-?\d+(?:\.\d+)?\b"""
    r"""|\b(?:NULL|TRUE|FALSE)\b|"s\d+_x\d+\"""",
    re.IGNORECASE,
)


def queries_of(client: Client, path: str) -> int:
    """Return how many queries a page takes when the process knows its texts, and no number yet."""
    client.get(path)
    counts.forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def statements_of(act: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
    """Do something; return what it returned, and every statement it sent, without the values."""
    with CaptureQueriesContext(connection) as asked:
        done = act()
    # Before the next request, which empties Django's list of queries.
    return done, tuple("".join(_VALUE.sub("?", query["sql"]).split()) for query in asked)


def statements(act: Callable[[], object]) -> list[str]:
    """Return what an act asks the database, without the values: the same for the same work."""
    return list(statements_of(act)[1])
