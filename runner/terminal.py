"""Words for the person at the terminal."""

from __future__ import annotations

import sys
from threading import Lock
from typing import TextIO

_ONE_AT_A_TIME = Lock()


def say(text: str = "") -> None:
    """Print at once, also into a pipe; a reader that has gone is no reason to stop."""
    _write(sys.stdout, text)


def complain(text: str) -> None:
    """Like say(), on standard error."""
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    with _ONE_AT_A_TIME:
        try:
            stream.write(f"{text}\n")
            stream.flush()
        except (OSError, ValueError):  # the terminal was closed, or `| head` has seen enough
            return
