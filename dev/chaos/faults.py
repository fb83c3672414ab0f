"""What goes wrong: one fault after another, by chance and seed, and when each began and ended."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from runner.site import Site

CONFIRM_KILLED = "kill -9 of the confirm worker"
OTHER_KILLED = "kill -9 of the other worker"
POSTGRES_KILLED = "restart -m immediate of PostgreSQL"
_HUNG_SECONDS = 8.0
_BACK_WITHIN_SECONDS = 30.0
_FLAPS = 5
_BETWEEN = (1.0, 4.0)


@dataclass(frozen=True)
class Window:
    """One fault: while it lasts, and while only the web may feel it, answers of 5xx are excused."""

    name: str
    began: float
    ended: float
    hurts_web: bool


class Faults:
    """The faults of a run, injected one at a time until the time is over."""

    def __init__(self, site: Site, *, seed: int) -> None:
        self.windows: list[Window] = []
        self._site = site
        self._chance = random.Random(seed)  # noqa: S311 - the same faults for the same seed
        self._table: tuple[tuple[str, Callable[[], None], bool], ...] = (
            (CONFIRM_KILLED, lambda: self._crash("confirm"), False),
            (OTHER_KILLED, lambda: self._crash("default"), False),
            ("kill -9 of beat", lambda: self._crash("beat"), False),
            ("FLUSHALL", self._wipe, False),
            ("kill -9 of the broker", self._kill_broker, False),
            ("SIGSTOP of the broker", self._hang_broker, False),
            ("five kills of the broker", self._let_broker_flap, False),
            (POSTGRES_KILLED, self._restart_postgres, True),
            ("kill -9 of the web processes", self._crash_web, True),
        )

    def run(self, seconds: float) -> None:
        """Break things for so long, and on until each fault came once."""
        ends = time.time() + seconds
        queue: list[tuple[str, Callable[[], None], bool]] = []
        while len(self.windows) < len(self._table) or time.time() < ends:
            if not queue:
                queue = list(self._table)
                self._chance.shuffle(queue)
            name, inject, hurts_web = queue.pop()
            began = time.time()
            inject()
            self.windows.append(Window(name, began, time.time(), hurts_web))
            time.sleep(self._chance.uniform(*_BETWEEN))

    def count(self, names: set[str], *, since: float, until: float) -> int:
        """Count the faults of these names that came between two moments."""
        return sum(
            window.name in names and window.ended >= since and window.began <= until
            for window in self.windows
        )

    def excuses(self, at: float, seconds: float, *, slack: float) -> bool:
        """Say whether a request overlapped a fault that the web may feel."""
        return any(
            window.hurts_web and at + seconds >= window.began - slack and at <= window.ended + slack
            for window in self.windows
        )

    def _crash(self, part: str) -> None:
        self._site.children[part].crash()
        deadline = time.time() + _BACK_WITHIN_SECONDS
        while not self._site.children[part].alive() and time.time() < deadline:
            time.sleep(0.1)

    def _crash_web(self) -> None:
        """Its outage lasts until it answers again, which takes longer than to be alive."""
        self._crash("web")
        deadline = time.time() + _BACK_WITHIN_SECONDS
        while "web" in self._site.missing() and time.time() < deadline:
            time.sleep(0.1)

    def _wipe(self) -> None:
        if self._site.servers.valkey:
            self._site.servers.valkey.wipe()

    def _kill_broker(self, away_seconds: float = 1.0) -> None:
        valkey = self._site.servers.valkey
        if valkey:
            valkey.kill()
            time.sleep(away_seconds)
            valkey.start()

    def _hang_broker(self) -> None:
        valkey = self._site.servers.valkey
        pid = valkey.pid if valkey else None
        if pid:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(_HUNG_SECONDS)
            os.kill(pid, signal.SIGCONT)

    def _let_broker_flap(self) -> None:
        for _ in range(_FLAPS):
            self._kill_broker(0.2)

    def _restart_postgres(self) -> None:
        if self._site.servers.postgres:
            self._site.servers.postgres.restart_immediate()
