"""What the embedded servers have in common."""

from __future__ import annotations

import os
from threading import RLock
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runner.process import Process

LARGEST_LOG = 10_000_000  # bytes; one older log is kept


class EmbeddedServer:
    """A server for one folder that is started, or joined where another process runs it.

    `wanted` says whether somebody should start it again when it has gone. Whoever starts it stops
    it; a server that was joined is left alone.
    """

    name = "server"
    grace = 10.0  # seconds to stop in

    def __init__(self) -> None:
        self.wanted = False
        self._process: Process | None = None
        self._turn = RLock()

    @property
    def joined(self) -> bool:
        """Whether the server belongs to another process."""
        return self._process is None

    @property
    def pid(self) -> int | None:
        """The process that we started, if it runs."""
        return self._process.pid if self._process and self._process.alive() else None

    def url(self) -> str:
        """Return the address for the application's settings; known once it was started."""
        raise NotImplementedError

    def start(self) -> None:
        """Start or join it, and come back when it answers."""
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def alive(self) -> bool:
        with self._turn:
            return self._process.alive() if self._process else self._answers()

    def request_stop(self) -> None:
        """Ask it to stop; returns at once."""
        self.wanted = False
        if self._process:
            self._process.request_stop()

    def stopped(self) -> bool:
        """Whether nothing of ours is left running."""
        return self._process is None or not self._process.alive()

    def ending(self) -> str:
        """Say how it ended, for people."""
        return self._process.ending() if self._process else "has gone"

    def kill(self) -> None:
        """End it at once; it stays down."""
        self.wanted = False
        if self._process:
            self._process.kill()

    def stop(self) -> None:
        """Stop it and wait for that."""
        self.request_stop()
        if self._process:
            self._process.stop(self.grace)


def bare_environment() -> Mapping[str, str]:
    """Return what a server may know of our environment: PG… variables would change what it does."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


def log_for_appending(log: Path) -> IO[bytes]:
    """Open a server's log, after putting a large one aside."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))
    return log.open("ab")
