"""Waiting for other processes: look often, give up in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 40.0  # seconds, on a machine that is busy with other tests


def until(look: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """Return the first answer that is something; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.1)
    return found
