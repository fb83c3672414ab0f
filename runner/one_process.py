"""`./run web` and the like: one process of a site that has others on other machines."""

from __future__ import annotations

import os
import sys

from runner import environment as environments
from runner.errors import CommandError, leave
from runner.parts import command, runs_as
from runner.site import insist_on_free_port


def main() -> int:
    """Become the process; whoever started us watches over it and keeps what it says."""
    (part,) = sys.argv[1:]
    environment = environments.read()
    if not environment.production:
        raise CommandError(
            f"Set {' and '.join(environment.needs)}: a process by itself starts no servers."
        )
    if part == "web":
        insist_on_free_port(environment.port, environment.host)
    words = [str(word) for word in command(part, environment)]
    values = {**environment.values, "OPENLETTER_PROCESS": runs_as(part)}
    os.execve(words[0], words, values)  # noqa: S606 - the service manager signals it directly


if __name__ == "__main__":
    leave(main)
