"""Programs that the tests need and Debian has: installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess

from runner.errors import CommandError
from runner.terminal import say

PLACES = "/usr/sbin:/sbin:/usr/local/sbin:/opt/homebrew/bin"


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Install packages, and start no service that one of them may hold."""
    say(f"Installing {' and '.join(packages)} for the tests (once).")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet |= {"RUNLEVEL": "1", "SYSTEMD_OFFLINE": "1"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise CommandError(
                f"`{' '.join(command)}` failed; the tests need {' and '.join(packages)}."
            )


def find(name: str) -> str | None:
    """Return the path of a program that may be where an ordinary user does not look."""
    return shutil.which(name) or shutil.which(name, path=PLACES)


def program(name: str, package: str) -> str | None:
    """Return the path of a program; install its package if it is missing and we may."""
    found = find(name)
    if not found and may_install():
        install(package)
        found = find(name)
    return found
