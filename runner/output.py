"""What happens to the lines that a child writes: all go to its log, some to the terminal."""

from __future__ import annotations

import os
import re
import selectors
import time
from threading import Thread
from typing import IO, TYPE_CHECKING

from runner.servers.embedded_server import log_for_appending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

CHUNK = 65_536
ROTATE_EVERY = 3600.0  # seconds between two looks at the size of a log that is being written
TRACEBACK = b"Traceback "
PAUSE = 0.2  # seconds of silence after which an error counts as told in full


class Relay(Thread):
    """Copies a child's output line by line, until every process that holds the pipe has gone.

    A calm relay shows only warnings and errors.
    """

    def __init__(
        self,
        name: str,
        source: IO[bytes],
        *,
        log: Path,
        calm: bool,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(name=f"output of {name}", daemon=True)
        self._prefix = f"{name:<8}| "
        self._source = source
        self._log = log
        self._alarms = Alarms() if calm else None
        self._tell = tell

    def run(self) -> None:
        log = log_for_appending(self._log)
        opened = time.monotonic()
        for line in _lines(self._source):
            if line:
                log.write(line)
                log.flush()
            if time.monotonic() - opened > ROTATE_EVERY:
                log.close()
                log = log_for_appending(self._log)
                opened = time.monotonic()
            self._show(line)
        log.close()
        self._source.close()

    def _show(self, line: bytes) -> None:
        lines: Iterable[bytes] = [line] if line else []
        if self._alarms:
            lines = self._alarms.take(line) if line else self._alarms.pause()
        for each in lines:
            self._tell(self._prefix + each.decode(errors="replace").rstrip())


class Alarms:
    """Picks warnings and errors out of a stream of lines.

    Each is shown with the lines that belong to it (of long ones the end, where the reason stands),
    and one that comes again and again is shown once a minute.
    """

    CALM = re.compile(rb"\b(DEBUG|INFO|NOTICE)\b")
    ALARM = re.compile(rb"\b(WARNING|WARN|ERROR|CRITICAL|FATAL)\b|^" + TRACEBACK)
    MOST = 15  # lines shown of one alarm
    AGAIN = 60.0  # seconds

    def __init__(self) -> None:
        self._alarmed = False  # the lines that come belong to a warning or an error
        self._shown = False  # and that one is shown
        self._belongs: list[bytes] = []
        self._shown_at: dict[bytes, float] = {}

    def take(self, line: bytes) -> list[bytes]:
        """Return the lines to show now that this one came."""
        if self._alarmed and line.startswith(TRACEBACK):
            pass  # the error's own, not another one
        elif self.ALARM.search(line):
            ready = self.pause()
            self._alarmed, self._shown = True, self._is_news(line)
            return [*ready, line] if self._shown else ready
        elif self.CALM.search(line):
            self._alarmed = self._shown = False
            return self.pause()
        if self._shown:
            self._belongs.append(line)
        return []

    def pause(self) -> list[bytes]:
        """Return what waited for the end of its alarm."""
        self._alarmed = False  # a traceback that comes later stands for itself
        ready, self._belongs = self._belongs, []
        if len(ready) > self.MOST:
            left_out = b"... %d lines more in the log ..." % (len(ready) - self.MOST)
            ready = [left_out, *ready[-self.MOST :]]
        return ready

    def _is_news(self, line: bytes) -> bool:
        if line.startswith(TRACEBACK):
            return True  # says nothing about which
        what = re.sub(rb"[0-9a-f-]*\d[0-9a-f-]*", b"", line)  # without times and numbers
        now = time.monotonic()
        self._shown_at = {key: at for key, at in self._shown_at.items() if now - at < self.AGAIN}
        if what in self._shown_at:
            return False
        self._shown_at[what] = now
        return True


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Yield lines as they come, and an empty one after each pause."""
    rest = b""
    quiet = True
    with source, selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while True:
            if not selector.select(None if quiet else PAUSE):
                quiet = True
                yield b""
                continue
            quiet = False
            chunk = os.read(source.fileno(), CHUNK)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line + b"\n"
            if not chunk or len(rest) > CHUNK:
                if rest:
                    yield rest + b"\n"
                rest = b""
            if not chunk:
                yield b""
                return
