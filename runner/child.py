"""One process of the application: web, a worker, beat."""

from __future__ import annotations

import subprocess
from threading import RLock
from typing import TYPE_CHECKING

from runner.output import Relay
from runner.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from runner.process import Fork


class Child:
    """A command that is kept running. A calm one shows only warnings and errors."""

    grace = 30.0  # seconds to finish what it is doing

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        log: Path,
        calm: bool,
        tell: Callable[[str], None],
        fork: Fork | None = None,
    ) -> None:
        self.name = name
        self.wanted = False
        self._command = command
        self._environment = environment
        self._log = log
        self._calm = calm
        self._tell = tell
        self._fork = fork
        self._process: Process | None = None
        self._turn = RLock()

    @property
    def pid(self) -> int | None:
        """The running process, which leads a group of the same number."""
        return self._process.pid if self._process and self._process.alive() else None

    def start(self) -> None:
        with self._turn:
            self.wanted = True
            if self.alive():
                return
            self._process = self.begin()
            output = self._process.stdout
            Relay(self.name, output, log=self._log, calm=self._calm, tell=self._tell).start()

    def begin(self) -> Process:
        """Start the process itself; start() looks after its output."""
        return Process(
            self._command,
            environment=self._environment,
            output=subprocess.PIPE,
            fork=self._fork,
        )

    def alive(self) -> bool:
        return self._process is not None and self._process.alive()

    def ending(self) -> str:
        """Say how it ended, for people."""
        return self._process.ending() if self._process else "was not started"

    def request_stop(self) -> None:
        """Ask it to finish what it is doing; returns at once."""
        self.wanted = False
        if self._process:
            self._process.request_stop()

    def stopped(self) -> bool:
        return not self.alive()

    def kill(self) -> None:
        """Kill the whole group; it stays down."""
        self.wanted = False
        self.crash()

    def crash(self) -> None:
        """Kill the whole group as a crash would; whoever watches starts it again."""
        if self._process:
            self._process.kill()

    def stop(self) -> None:
        """Stop it and wait for that."""
        self.request_stop()
        if self._process:
            self._process.stop(self.grace)
