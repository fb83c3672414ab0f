"""Finds Chromium for the tests, or installs it where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from dev.terminal import say
from dev.trouble import Trouble

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    Path("/usr/bin/chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)


def chromium() -> str:
    """Return the path of a Chromium; install Debian's if there is none and we may."""
    found = _find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = _find()
    if not found:
        raise Trouble(
            "The tests need Chromium. Install it (Debian: apt-get install chromium), "
            "or name another one: CHROMIUM=/path/to/chrome ./run test"
        )
    return found


def _find() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        if path := shutil.which(named):
            return path
        raise Trouble(f"CHROMIUM is {named!r}, which is not a program.")
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((str(place) for place in PLACES if os.access(place, os.X_OK)), None)


def _install() -> None:
    say("Installing Chromium for the tests (once).")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise Trouble(f"`{' '.join(command)}` failed; the tests need Chromium.")
