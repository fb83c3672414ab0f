"""`./run manage …`: Django's manage.py with the environment and the servers of ./run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from runner import environment as environments
from runner.errors import leave
from runner.locations import PYTHON, ROOT, var_folder
from runner.locks import Claim, Company
from runner.servers import Servers
from runner.terminal import complain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from runner.environment import Environment


def main() -> int:
    environment = environments.read(_with_the_port_of_a_running_site())
    command = [PYTHON, str(ROOT / "manage.py"), *sys.argv[1:]]
    values = {**environment.values, "OPENLETTER_PROCESS": "manage"}
    if environment.production:
        os.execve(command[0], command, values)  # noqa: S606 - there is nothing to clean up
    return _beside_servers(environment, command, values)


def _beside_servers(environment: Environment, command: list[str], values: Mapping[str, str]) -> int:
    company = Company(environment.var / "run" / "manage")
    servers = Servers(environment.var, environment.needs)
    try:
        code = _in_the_foreground(command, {**values, **servers.start()})
        if not all(server.joined for server in servers.all()) and not company.is_alone():
            complain("Another ./run manage still uses the servers that this one started; waiting.")
            company.wait_to_be_alone()
    finally:
        servers.stop()
        company.leave()
    return code


def _in_the_foreground(command: list[str], values: Mapping[str, str]) -> int:
    """Run with the terminal, as if it had been called directly; return the code for a shell."""
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        # Ctrl-C has reached the child already, and it is the child who decides what to do.
        if child and number != signal.SIGINT:
            child.send_signal(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, pass_on) for number in numbers]
    child = subprocess.Popen(command, env=values)
    code = child.wait()
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _with_the_port_of_a_running_site() -> Mapping[str, str]:
    """Links that this call makes should lead to the site that runs beside it."""
    if os.environ.get("PORT"):
        return os.environ
    running = Claim(var_folder() / "run" / "site").holder()
    return {**os.environ, "PORT": running} if running else os.environ


if __name__ == "__main__":
    leave(main)
