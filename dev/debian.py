"""Programs that the tests need and no wheel brings: installed on Debian, where we are root."""

from __future__ import annotations

import os
import shutil
import subprocess

from dev.terminal import say
from dev.trouble import Trouble


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
            raise Trouble(f"`{' '.join(command)}` failed; the tests need {' and '.join(packages)}.")
