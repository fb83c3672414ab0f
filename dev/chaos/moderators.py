"""Moderators at work all the while, on signatures of their own: by hand, several, and by sweeps."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

from runner.errors import CommandError
from runner.locations import PYTHON, ROOT
from runner.site import Site

MODERATED_DOMAIN = "moderated.example.org"
MODERATED = 60
_LAST_SECONDS = 90.0


@dataclass(frozen=True)
class Moderated:
    """How often they did what, as the site told them."""

    decided: int
    undone: int
    refused: int  # somebody else was faster
    failed: int  # the database was away
    swept: int  # signatures, by all sweeps
    brought_back: int
    sweeps: int
    sweeps_stopped: int


class Moderators:
    """Some threads in a process of their own, which has the site's environment."""

    def __init__(self, site: Site, *, seed: int) -> None:
        self._running = subprocess.Popen(
            [PYTHON, "-m", "dev.chaos.moderating", str(MODERATED), str(seed)],
            cwd=ROOT,
            env={**site.values, "OPENLETTER_PROCESS": "manage"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> Moderated:
        """Let each end what it has begun, and say what they did."""
        said, _errors = self._running.communicate(timeout=_LAST_SECONDS)
        if self._running.returncode:
            raise CommandError("The moderators failed.")
        return Moderated(**json.loads(said))
