"""Finds nginx and Caddy for the tests of docs/proxies, or installs them where that is possible."""

from __future__ import annotations

import os
import shutil

from dev.debian import install, may_install
from dev.trouble import Trouble

PACKAGES = {"nginx": "nginx-light", "caddy": "caddy"}
# Debian keeps nginx where an ordinary user does not look for programs.
_PLACES = os.pathsep.join(("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))


def bring() -> None:
    """Install what is missing if we may. If not, only the tests that need it will fail."""
    missing = [package for name, package in PACKAGES.items() if _find(name) is None]
    if missing and may_install():
        install(*missing)


def program(name: str) -> str:
    """Return the path of a proxy."""
    found = _find(name)
    if found is None:
        raise Trouble(
            f"The tests of docs/proxies need {name}. Install it (Debian: apt-get install "
            f"{PACKAGES[name]}), or run them as root, who may."
        )
    return found


def _find(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=_PLACES)
