"""What may be asked of a bench."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How long and how hard to measure."""

    seconds: float = 8.0
    warm_up: float = 2.0
    connections: int = 16
    sizes: tuple[int, ...] = (2_000, 100_000)
    with_workers: bool = False
    fresh: bool = False

    # Sites to be compared are measured in turns, so that what else the machine does hits both.
    turns: int = 2
