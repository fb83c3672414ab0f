"""Two acts at the same moment, in the one order that matters, on real connections.

Nothing here hopes for luck: the database says when the second act waits for the first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import connection, transaction

from tests.live.waiting import PATIENCE

T = TypeVar("T")
_WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND NOT granted)"


def behind(first: Callable[[], object], second: Callable[[], T]) -> T:
    """Do the first act, let the second come to wait for it, commit, and return what it did.

    The second waits unless it needs nothing that the first holds; then it is done before.
    """
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            first()
            doing = Doing(threads, second)
            doing.wait_until_it_waits()
        return doing.result.result(PATIENCE)


class Doing(Generic[T]):
    def __init__(self, threads: ThreadPoolExecutor, act: Callable[[], T]) -> None:
        self._connected = threading.Event()
        self._pid = 0
        self.result: Future[T] = threads.submit(self._run, act)

    def _run(self, act: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            self._pid = connection.connection.info.backend_pid
            self._connected.set()
            return act()
        finally:
            connection.close()

    def wait_until_it_waits(self) -> None:
        assert self._connected.wait(PATIENCE)
        for _ in range(3000):
            with connection.cursor() as cursor:
                cursor.execute(_WAITS, [self._pid])
                (waits,) = cursor.fetchone()
            if waits or self.result.done():
                return
            time.sleep(0.01)
        raise AssertionError("the second act neither waits nor ends")
