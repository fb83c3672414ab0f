"""`./run test`: brings what the tests need, then turns into pytest."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dev.browser import chromium
from dev.proxies import bring
from runner.errors import leave
from runner.locations import PYTHON

if TYPE_CHECKING:
    from collections.abc import Sequence

FAST = "--fast"  # no browser, no process of a site (tests/fast.py)
# Four on two cores: half of them mostly wait (tests/sharing.py).
EVERYTHING = ("-n", "4", "--dist", "loadfile")
# None of these waits.
ALL_THAT_IS_FAST = ("-n", "2", "--dist", "loadfile")


def main() -> int:
    given = sys.argv[1:]
    command = [PYTHON, "-m", "pytest", *arguments(given)]
    environment = dict(os.environ)
    if FAST not in given:
        bring()
        environment["CHROMIUM"] = chromium()
    os.execve(command[0], command, environment)  # noqa: S606 - pytest gets the terminal as it is


def arguments(given: Sequence[str]) -> list[str]:
    """Return what pytest is told: as it was given, or how all tests are shared."""
    if not given:
        return [*EVERYTHING]
    return [*given, *ALL_THAT_IS_FAST] if [*given] == [FAST] else [*given]


if __name__ == "__main__":
    leave(main)
