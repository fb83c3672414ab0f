"""Count what a page asks the database."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openletter.counters import counts


def queries_of(client: Client, path: str) -> int:
    """Return how many queries a page takes when the process keeps no number yet."""
    counts.forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
