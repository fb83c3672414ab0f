"""Waiting for other processes: look often, give up in time.

The only clock that tests look at (`tests/test_architecture.py`): how long something takes depends
on the machine, so no test says how long it may take.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

# Seconds after which a test fails instead of hanging, on a machine that is busy with other tests.
PATIENCE = 80.0
_LOOKS_EVERY_SECONDS = 0.1


def until(look: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """Return the first answer that is something; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(_LOOKS_EVERY_SECONDS)
    return found


def lasting(seconds: float) -> Iterator[None]:
    """Let a fault last so long; whoever iterates may look at it meanwhile, again and again."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        yield
        time.sleep(_LOOKS_EVERY_SECONDS)


def let_last(seconds: float) -> None:
    """Let a fault last so long."""
    for _ in lasting(seconds):
        pass
