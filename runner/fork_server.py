"""Starts processes of the application from one that has imported it, so that they share its memory.

That one is openletter/fork_server.py. What it starts is our own child, by two things that Linux
has and others have not: whose parent ends becomes the child of a subreaper above, and we are one
for that moment. Elsewhere, and while it is away, a process is started by itself and takes more
memory, nothing else.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
from threading import Lock
from typing import IO, TYPE_CHECKING

from runner.child import Child
from runner.locations import PYTHON
from runner.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PATIENCE = 60.0  # seconds for an answer; the first one comes when all is imported
_PR_SET_CHILD_SUBREAPER = 36
_ADOPTING = Lock()  # the whole process is a subreaper or is not


class Forked:
    """What subprocess.Popen is for a process that was forked elsewhere."""

    def __init__(self, pid: int, stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdout = stdout
        self._code: int | None = None
        self._turn = Lock()

    def poll(self) -> int | None:
        """Return the code it ended with, below zero for a signal; None while it runs."""
        with self._turn:
            if self._code is None:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if ended else None
            return self._code


class ForkServer(Child):
    """The process that has imported the application. `fork` is for Process."""

    def __init__(
        self, values: Mapping[str, str], *, log: Path, calm: bool, tell: Callable[[str], None]
    ) -> None:
        environment = {**values, "OPENLETTER_PROCESS": "worker"}
        super().__init__("forks", [], environment=environment, log=log, calm=calm, tell=tell)
        self._asking: socket.socket | None = None

    def begin(self) -> Process:
        self._hang_up()
        self._asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asking.settimeout(PATIENCE)
        with asked:
            return Process(
                [PYTHON, "-m", "openletter.fork_server", str(asked.fileno())],
                environment=self._environment,
                output=subprocess.PIPE,
                files=[asked.fileno()],
            )

    def request_stop(self) -> None:
        super().request_stop()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._asking:
            self._asking.close()

    def fork(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> Forked | None:
        """Start `python -m …` there; None if that cannot be done."""
        if self._asking is None:
            return None
        ours, theirs = os.pipe()
        request = {
            "parent": os.getpid(),
            "process": environment["OPENLETTER_PROCESS"],
            "words": [str(word) for word in command[2:]],
        }
        with _ADOPTING:
            pid = _ask(self._asking, json.dumps(request).encode(), theirs)
        os.close(theirs)
        if pid:
            return Forked(pid, os.fdopen(ours, "rb"))
        os.close(ours)
        return None


def _ask(asking: socket.socket, request: bytes, output: int) -> int:
    """Return the number of the process that was forked, now a child of ours; 0 if there is none."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        socket.send_fds(asking, [request], [output])
        return int(asking.recv(100) or 0)
    except OSError:  # it has gone, or says nothing
        asking.close()
        return 0
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0)


def fork_server(
    values: Mapping[str, str], *, log: Path, calm: bool, tell: Callable[[str], None]
) -> ForkServer | None:
    """Return one that is not yet started; None where there can be none."""
    if not sys.platform.startswith("linux"):
        return None
    return ForkServer(values, log=log, calm=calm, tell=tell)
