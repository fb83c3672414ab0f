"""A connection that gives up a PostgreSQL which says nothing, whatever TCP says.

What PostgreSQL promises to end (`connection_options.LIMITS`) a frozen one does not end, and its
machine, or a relay before it, may go on acknowledging what we send; on a socket of the same machine
nobody acknowledges anything. So the time is kept here, by psycopg's own wait, which is in C: about
0.4 µs for each statement. `_WaitTimeout` is psycopg's private word for its end, and that a wait is
gone on with by a number is its custom: this is written for psycopg 3.3 (a test compares).
"""

from __future__ import annotations

import logging
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen, Query
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready

from openletter.lib.db.connection_options import ASKED_EVERY, LONGEST_ANSWER, LONGEST_DOUBT

log = logging.getLogger(__name__)
RV = TypeVar("RV")

WRITTEN_FOR = "3.3"
# How often psycopg looks up from its waiting, such as for Ctrl-C.
_LOOK_UP_EVERY = 0.1
# Not by `super()`: every statement comes through here, and this is half of what it costs.
_wait = psycopg.Connection.wait


class NoAnswer(psycopg.OperationalError):
    """PostgreSQL did not answer in time; the connection is closed."""


class _OfThisThread(threading.local):
    longest: float | None = None


_thread = _OfThisThread()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait no longer for any answer of PostgreSQL in here; the shorter of two limits holds."""
    before = _thread.longest
    _thread.longest = seconds if before is None else min(seconds, before)
    try:
        yield
    finally:
        _thread.longest = before


class Connection(psycopg.Connection[Any]):
    """Closes itself, and raises `NoAnswer`, when an answer does not come.

    Under `at_most` that is when its time is over. Otherwise it is when PostgreSQL does not answer
    somebody else either: a migration or a vacuum that was allowed to take hours takes hours.
    """

    _asked_at = 0.0  # by time.monotonic()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Of lib/db/statements.py, by the same: one that has just begun has none to forget.
        self.plans_made_at = time.monotonic()

    def wait(
        self, gen: PQGen[RV], interval: float = _LOOK_UP_EVERY, timeout: float | None = None
    ) -> RV:
        if timeout is not None:  # who names a time is told by psycopg's own exception
            return _wait(self, gen, interval, timeout)
        try:
            return _wait(self, gen, interval, _thread.longest or LONGEST_ANSWER)
        except _WaitTimeout:
            pass
        while _thread.longest is None and self._is_somebody_there():
            try:
                return _wait(self, _resumed(gen), interval, LONGEST_ANSWER)
            except _WaitTimeout:
                pass
        # As psycopg does when it cannot cancel: who holds it sees that it is broken.
        self.pgconn.finish()
        raise NoAnswer("PostgreSQL has not answered in time")

    def execute(self, query: Query, *args: Any, **options: Any) -> psycopg.Cursor[Any]:
        """Run a statement. Nothing at all is how the pool asks whether we are alive."""
        if query == "" and self.seems_alive():
            return self.cursor()
        return super().execute(query, *args, **options)

    def seems_alive(self) -> bool:
        """Say whether the server answered lately, and has not hung up since.

        To ask it costs a trip for each request. Whoever hangs up, or is ended, says so, and then
        there is something to read.
        """
        now = time.monotonic()
        if self._asked_at + ASKED_EVERY <= now:
            self._asked_at = now
            return False
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            return False  # it answers, and does nothing that it is asked
        return not select.select([self.pgconn.socket], [], [], 0)[0]

    def _is_somebody_there(self) -> bool:
        """Say whether the server that owes us an answer answers others, or at least refuses them.

        Patiently: on a machine that is too busy somebody may work on what we asked for.
        """
        log.warning("database: no answer for %.0f s; asking whether it is there", LONGEST_ANSWER)
        known: dict[str, Any] = {"password": self.info.password, "connect_timeout": LONGEST_DOUBT}
        try:
            # Asks something as well: a pooler lets people in whose PostgreSQL is silent.
            with at_most(LONGEST_DOUBT), Connection.connect(self.info.dsn, **known) as other:
                other.execute("SELECT 1")
        except (ConnectionTimeout, NoAnswer):
            return False
        except psycopg.OperationalError:
            return True
        return True


def _resumed(gen: PQGen[RV]) -> PQGen[RV]:
    """Go on with what a wait was given up in. It stands where psycopg wants a number, not None."""
    ready: Ready | int = Ready.NONE
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as done:
            result: RV = done.value
            return result
        ready = yield wanted
