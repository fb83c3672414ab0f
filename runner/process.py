"""One child process: its own group, tied to our life, never lost."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from runner.locations import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runner.fork_server import Forked
    from runner.servers.postgres_user import Account

    Fork = Callable[[Sequence[str | Path], Mapping[str, str]], Forked | None]

DIE_WITH_PARENT = Path(__file__).with_name("die_with_parent.py")

# Linux ties a child to the *thread* that started it. This one lives as long as we do.
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
_LIVE: set[Process] = set()
_OWNER = os.getpid()


class Process:
    """A running command. Its output goes to `output`; it gets no terminal and no stdin.

    `fork` may know a better way to start it, with a pipe for its output.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        output: IO[bytes] | int,
        errors: IO[bytes] | int = subprocess.STDOUT,
        folder: Path = ROOT,
        account: Account | None = None,
        files: Sequence[int] = (),
        fork: Fork | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        kill_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self._stop_signal = stop_signal
        self._kill_signal = kill_signal
        self._killed_at: float | None = None
        words: list[str | Path] = [sys.executable, "-I", "-S", DIE_WITH_PARENT]
        words += [str(os.getpid()), str(int(stop_signal))]
        words += [str(account.uid), str(account.gid)] if account else ["-", "-"]

        def spawn() -> None:
            forked = fork(command, environment) if fork else None
            self._popen = forked or subprocess.Popen(
                [*words, *command],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=folder,
                process_group=0,
                pass_fds=files,
            )
            _LIVE.add(self)  # here, so that an interrupted start is not forgotten

        _SPAWNER.submit(spawn).result()

    @property
    def pid(self) -> int:
        """The process and, because it leads one, its group."""
        return self._popen.pid

    @property
    def stdout(self) -> IO[bytes]:
        """Our end of the pipe; only with `output=subprocess.PIPE`."""
        if self._popen.stdout is None:
            raise ValueError("started without a pipe")
        return self._popen.stdout

    def exit_code(self) -> int | None:
        """Return None while it runs; afterwards also end what is left of its group."""
        code = self._popen.poll()
        if code is not None and self in _LIVE:
            _LIVE.discard(self)
            self._signal_group(signal.SIGKILL)
        return code

    def ending(self) -> str:
        """Say how it ended, for people."""
        code = self.exit_code()
        if code is None:
            return "is running"
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"

    def alive(self) -> bool:
        return self.exit_code() is None

    def request_stop(self) -> None:
        """Ask the leader only: a pool's children would drop their work on the same signal."""
        self.send(self._stop_signal)

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once. May be called again: what survives three seconds gets SIGKILL."""
        first = self._killed_at is None
        self._killed_at = self._killed_at or time.monotonic()
        if self._kill_signal == signal.SIGKILL or time.monotonic() - self._killed_at > 3:
            self._signal_group(signal.SIGKILL)
        elif first:
            self.send(self._kill_signal)

    def wait(self, seconds: float) -> bool:
        """Say whether it has ended within this time."""
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def stop(self, seconds: float) -> None:
        """Ask, wait, then insist."""
        self.request_stop()
        if not self.wait(seconds):
            while not self.wait(0.2):
                self.kill()

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def end_all(seconds: float = 5) -> None:
    """End every process that is still there: the net under every other way of stopping."""
    left = list(_LIVE)
    for process in left:
        process.request_stop()
    deadline = time.monotonic() + seconds
    for process in left:
        if not process.wait(max(0.0, deadline - time.monotonic())):
            process.stop(0)


def _at_exit() -> None:
    if os.getpid() == _OWNER:  # not in a fork of ours
        end_all()


atexit.register(_at_exit)
