"""Keeps parts running and stops them in order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol

from runner.errors import CommandError
from runner.process import end_all
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WAITS = (1, 2, 5, 10)  # seconds before the first, second, ... restart; the last one for all others
SETTLED = 60  # seconds after which an earlier failure is forgotten


class Part(Protocol):
    """Something that is kept running: a server, a process of the application."""

    @property
    def name(self) -> str: ...
    @property
    def grace(self) -> float: ...
    @property
    def wanted(self) -> bool: ...

    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def request_stop(self) -> None: ...
    def stopped(self) -> bool: ...
    def kill(self) -> None: ...
    def ending(self) -> str: ...


@dataclass
class Watch:
    """What the supervisor remembers about a part."""

    part: Part
    failures: int = 0
    up_since: float = 0.0
    due: float | None = None  # when to start it again


class Supervisor:
    """Watches parts in layers. A layer is stopped together, the last one added first."""

    def __init__(self, tell: Callable[[str], None] = say) -> None:
        self._tell = tell
        self._layers: list[list[Watch]] = []
        self._ending = Event()
        self._thread: Thread | None = None

    def add(self, parts: Sequence[Part]) -> None:
        """Take over parts that have been started, as one layer."""
        now = time.monotonic()
        self._layers.append([Watch(part, up_since=now) for part in parts])

    def watch(self) -> None:
        """Start watching, in a thread of its own."""
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self, hurry: Event | None = None) -> None:
        """Stop every part: politely, or at once when `hurry` is or becomes set."""
        hurry = hurry or Event()
        self._ending.set()
        while self._thread and self._thread.is_alive() and not hurry.is_set():
            self._thread.join(0.1)
        for layer in reversed(self._layers):
            self._stop_layer([watch.part for watch in layer], hurry)
        if hurry.is_set():
            end_all(0)  # a start that was under way

    def _run(self) -> None:
        while not self._ending.wait(0.3):
            for layer in self._layers:
                for watch in layer:
                    self._look_after(watch, time.monotonic())

    def _look_after(self, watch: Watch, now: float) -> None:
        part = watch.part
        if not part.wanted or self._ending.is_set():
            watch.due = None
        elif part.alive():
            watch.due = None
            if now - watch.up_since > SETTLED:
                watch.failures = 0
        elif watch.due is None:
            wait = WAITS[min(watch.failures, len(WAITS) - 1)]
            watch.failures += 1
            watch.due = now + wait
            self._tell(f"{part.name} {part.ending()}; it starts again in {wait} s.")
        elif now >= watch.due:
            watch.due = None
            watch.up_since = now
            self._start(part)

    def _start(self, part: Part) -> None:
        try:
            part.start()
        except (CommandError, OSError) as problem:
            self._tell(f"{part.name} does not start: {problem}")

    def _stop_layer(self, parts: Sequence[Part], hurry: Event) -> None:
        for part in parts:
            part.request_stop()
        asked = time.monotonic()
        while left := [part for part in parts if not part.stopped()]:
            for part in left:
                if hurry.is_set() or time.monotonic() - asked > part.grace:
                    part.kill()
            time.sleep(0.03)
