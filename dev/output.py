"""What happens to the lines that a child writes: all go to its log, some to the terminal."""

from __future__ import annotations

import re
from threading import Thread
from typing import IO, TYPE_CHECKING

from dev.server import LARGEST_LOG, log_for_appending
from dev.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_LINE = 65_536
CALM = re.compile(rb"\b(DEBUG|INFO|NOTICE)\b")
ALARM = re.compile(rb"\b(WARNING|WARN|ERROR|CRITICAL|FATAL)\b|^Traceback \(most recent call last\)")


class Relay(Thread):
    """Copies a child's output line by line, until every process that holds the pipe has gone.

    A calm relay shows only warnings and errors, each with the lines that belong to it.
    """

    def __init__(self, name: str, source: IO[bytes], *, log: Path, calm: bool) -> None:
        super().__init__(name=f"output of {name}", daemon=True)
        self._prefix = f"{name:<8}| "
        self._source = source
        self._log = log
        self._calm = calm
        self._alarmed = False

    def run(self) -> None:
        log = log_for_appending(self._log)
        with self._source:
            while line := self._source.readline(LONGEST_LINE):
                log.write(line)
                log.flush()
                if log.tell() > LARGEST_LOG:
                    log.close()
                    log = log_for_appending(self._log)
                if self._is_for_people(line):
                    say(self._prefix + line.decode(errors="replace").rstrip())
        log.close()

    def _is_for_people(self, line: bytes) -> bool:
        if not self._calm:
            return True
        # A line without a level, such as a traceback's, belongs to the one before.
        if ALARM.search(line):
            self._alarmed = True
        elif CALM.search(line):
            self._alarmed = False
        return self._alarmed
