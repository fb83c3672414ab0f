"""Signals: the first one asks to stop, the second one to hurry."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Interrupted(Exception):
    """Somebody asked us to stop in the middle of something."""


class Interruption:
    """Listens for INT, TERM and HUP from the moment it is made."""

    def __init__(self) -> None:
        self.stop = Event()
        self.hurry = Event()
        self._breaks_off = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup
            signal.signal(number, self._receive)

    @contextmanager
    def breaks_off(self) -> Iterator[None]:
        """Within this, a signal breaks off whatever is going on."""
        self._breaks_off = True
        try:
            if self.stop.is_set():
                raise Interrupted
            yield
        finally:
            self._breaks_off = False

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        if self.stop.is_set():
            self.hurry.set()
            return
        self.stop.set()
        if self._breaks_off:
            self._breaks_off = False
            raise Interrupted
