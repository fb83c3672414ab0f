"""Programs that the tests need and Debian has: installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess

from dev.terminal import say
from dev.trouble import Trouble


def can_install() -> bool:
    """Say whether this is a Debian on which we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Install a package; trouble when that fails."""
    say(f"Installing {package} for the tests (once).")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
    ):
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise Trouble(f"`{' '.join(command)}` failed; the tests need {package}.")


def program(name: str, package: str) -> str | None:
    """Return the path of a program; install its package if it is missing and we may."""
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    found = shutil.which(name, path=places)
    if not found and can_install():
        install(package)
        found = shutil.which(name, path=places)
    return found
