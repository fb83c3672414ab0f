"""`./run test`: brings what the tests need, then turns into pytest."""

from __future__ import annotations

import os
import sys

from dev.browser import chromium
from dev.locations import PYTHON
from dev.proxies import bring
from dev.trouble import leave

# Four on two cores: half of them mostly wait (tests/sharing.py).
EVERYTHING = ["-n", "4", "--dist", "loadfile"]


def main() -> int:
    arguments = sys.argv[1:] or EVERYTHING
    command = [PYTHON, "-m", "pytest", *arguments]
    bring()
    environment = {**os.environ, "CHROMIUM": chromium()}
    os.execve(command[0], command, environment)  # noqa: S606 - pytest gets the terminal as it is


if __name__ == "__main__":
    leave(main)
