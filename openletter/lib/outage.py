"""A server that is away: nobody waits for it again, and one asks from time to time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_ASK_EVERY_SECONDS = 2.0


class Outage:
    """What this process knows of the absence of one server. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ask_at: float | None = None
        self._is_asking = False

    def noticed(self) -> None:
        """Note that the server did not answer; only what waited in vain should say so."""
        with self._lock:
            self._ask_at = time.monotonic() + _ASK_EVERY_SECONDS

    def doubted(self) -> None:
        """Note that a connection broke: the next caller asks at once, and the others go without."""
        with self._lock:
            if self._ask_at is None:
                self._ask_at = time.monotonic()

    def lasts(self, is_back: Callable[[], bool]) -> bool:
        """Say whether to go without the server now.

        Every two seconds one caller waits for `is_back`; the others are told at once.
        """
        with self._lock:
            if self._ask_at is None:
                return False
            if self._is_asking or time.monotonic() < self._ask_at:
                return True
            self._is_asking = True
        back = False
        try:
            back = is_back()
        finally:
            with self._lock:
                self._is_asking = False
                self._ask_at = None if back else time.monotonic() + _ASK_EVERY_SECONDS
        return not back
