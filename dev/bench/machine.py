"""What the machine says while we measure: memory of processes, and who else used the processors."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB: the most it ever held, and its fair share of what is shared."""

    pid: int
    peak: float
    share: float


def children(pid: int) -> list[int]:
    return _family()[pid]


def memory(pid: int) -> Memory:
    peak = _kilobytes(_PROC / str(pid) / "status", "VmHWM:")
    share = _kilobytes(_PROC / str(pid) / "smaps_rollup", "Pss:")
    return Memory(pid, peak / 1024, share / 1024)


def _kilobytes(path: Path, name: str) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


class Usage:
    """Who used the processors between the start and the question."""

    def __init__(self) -> None:
        self._from = time.monotonic(), *_busy()

    def until_now(self) -> tuple[float, float]:
        """Return the seconds that we and all our children spent, and how many processors others."""
        began, everybody_before, we_before = self._from
        everybody, we = _busy()
        ours = we - we_before
        elapsed = time.monotonic() - began
        return ours, max(0.0, (everybody - everybody_before - ours) / elapsed)


def _busy() -> tuple[float, float]:
    """Return the seconds that all processes and our own family have spent so far."""
    user, nice, system = (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:4]
    family = _family()
    ours, waiting = 0.0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        waiting += family[pid]
        ours += _spent(pid)
    return (int(user) + int(nice) + int(system)) / _TICK, ours


def _spent(pid: int) -> float:
    with suppress(OSError):
        # The name in parentheses may hold anything; what follows is numbers.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICK  # its own, and of children that have ended
    return 0.0


def _family() -> dict[int, list[int]]:
    """Return the living children of every process."""
    family: dict[int, list[int]] = defaultdict(list)
    for entry in _PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            family[parent].append(int(entry.parent.name))
    return family
