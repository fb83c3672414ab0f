"""Finds nginx and Caddy for the tests of docs/proxies, or installs them where that is possible."""

from __future__ import annotations

from dev.debian import find, install, may_install
from runner.errors import CommandError

PACKAGES = {"nginx": "nginx-light", "caddy": "caddy"}


def bring() -> None:
    """Install what is missing if we may. If not, only the tests that need it will fail."""
    missing = [package for name, package in PACKAGES.items() if find(name) is None]
    if missing and may_install():
        install(*missing)


def program(name: str) -> str:
    """Return the path of a proxy."""
    found = find(name)
    if found is None:
        raise CommandError(
            f"The tests of docs/proxies need {name}. Install it (Debian: apt-get install "
            f"{PACKAGES[name]}), or run them as root, who may."
        )
    return found
