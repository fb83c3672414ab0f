"""Ends what an earlier ./run left behind when it was killed together with its processes' leaders.

The kernel stops the direct children of a killed ./run; this is for the processes below them. Linux
only: elsewhere there is no /proc to find them in, and the port check will name the problem.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "OPENLETTER_SITE"
PATIENCE = 10.0


def mark(var: Path) -> dict[str, str]:
    """Return the variable that tells this folder's processes from all others."""
    return {MARK: str(var)}


def end_leftovers(var: Path) -> None:
    """End every process of ours that carries the mark. Only for the holder of the site's claim."""
    asked: set[int] = set()
    began = time.monotonic()
    # Not for ever: what comes back after SIGKILL is being restarted by somebody.
    while (found := _marked(var)) and time.monotonic() - began < 2 * PATIENCE:
        hurry = time.monotonic() - began > PATIENCE
        for pid in found if hurry else found - asked:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if hurry else signal.SIGTERM)
        asked |= found
        time.sleep(0.1)


def _marked(var: Path) -> set[int]:
    line = os.fsencode(f"{MARK}={var}")
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone already, or somebody else's
            if line in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
    return found - {os.getpid()}
