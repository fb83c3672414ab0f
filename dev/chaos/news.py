"""News on the letter that leave all the while, to readers who do nothing but read."""

from __future__ import annotations

import subprocess

from runner.locations import PYTHON, ROOT
from runner.site import Site

READERS_DOMAIN = "readers.example.org"
READERS = 100
_EVERY_SECONDS = 8


def schedule(site: Site, seconds: int) -> int:
    """Prepare as many mailings as fit; return how many."""
    number = max(1, seconds // _EVERY_SECONDS)
    subprocess.run(
        [PYTHON, "-m", "dev.chaos.inside", str(READERS), str(number), str(seconds)],
        cwd=ROOT,
        env={**site.values, "OPENLETTER_PROCESS": "manage"},
        check=True,
    )
    return number
