"""Finds Chromium for the tests, or installs it where that is possible."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dev.debian import install, may_install
from runner.errors import CommandError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    Path("/usr/bin/chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)


def chromium() -> str:
    """Return the path of a Chromium; install Debian's if there is none and we may."""
    found = _find()
    if not found and may_install():
        install("chromium")
        found = _find()
    if not found:
        raise CommandError(
            "The tests need Chromium. Install it (Debian: apt-get install chromium), "
            "or name another one: CHROMIUM=/path/to/chrome ./run test"
        )
    return found


def _find() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        if path := shutil.which(named):
            return path
        raise CommandError(f"CHROMIUM is {named!r}, which is not a program.")
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((str(place) for place in PLACES if os.access(place, os.X_OK)), None)
