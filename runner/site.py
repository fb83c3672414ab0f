"""A whole site: servers, application processes and the supervisor over them."""

from __future__ import annotations

import errno
import socket
import time
from typing import TYPE_CHECKING, Any

from runner.environment import LOOPBACK
from runner.errors import CommandError
from runner.fork_server import fork_server
from runner.leftovers import end_leftovers, mark
from runner.locks import Claim
from runner.parts import PARTS, child
from runner.preparation import Prepared, manage, prepare
from runner.readiness import missing_parts
from runner.servers import Servers
from runner.supervisor import Supervisor
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event
    from types import TracebackType

    from runner.child import Child
    from runner.environment import Environment

READY_LIMIT = 90.0


class Site:
    """A site that is being started, runs, or has been stopped. Use start_site() to get one."""

    def __init__(
        self, environment: Environment, *, calm: bool, tell: Callable[[str], None]
    ) -> None:
        self.environment = environment
        self.values = dict(environment.values) | mark(environment.var)
        self.servers = Servers(environment.var, environment.needs)
        self.supervisor = Supervisor(tell)
        self.children: dict[str, Child] = {}
        self.prepared = Prepared()
        self._calm = calm
        self._tell = tell
        self._claim = claim(environment)

    @property
    def address(self) -> str:
        return self.environment.address

    def begin(self, parts: Sequence[str], *, development: bool) -> None:
        """Start the servers, prepare the database, start the application's processes."""
        self._take_the_folder()
        self.values |= self.servers.start()
        self.supervisor.add(self.servers.all())
        self.prepared = prepare(self.environment, self.values, development=development)
        self._start_processes(parts)
        self.supervisor.watch()

    def _start_processes(self, parts: Sequence[str]) -> None:
        output: dict[str, Any] = {"calm": self._calm, "tell": self._tell}
        log = self.environment.var / "log" / "forks.log"
        forks = fork_server(self.values, log=log, **output)
        if forks:
            self.supervisor.add([forks])
            forks.start()
        for part in parts:
            self.children[part] = child(
                part, self.environment, self.values, fork=forks.fork if forks else None, **output
            )
        self.supervisor.add(list(self.children.values()))
        for started in self.children.values():
            started.start()

    def missing(self) -> list[str]:
        """Return what is not working yet, or no longer."""
        return missing_parts(self.environment)

    def wait_until_ready(self, seconds: float = READY_LIMIT) -> list[str]:
        """Wait for /readyz; return what is still missing when the time is over."""
        deadline = time.monotonic() + seconds
        while (missing := self.missing()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return missing

    def manage(self, *arguments: str) -> str:
        """Run manage.py beside the site and return what it wrote."""
        return manage(self.environment, self.values, *arguments)

    def stop(self, hurry: Event | None = None) -> None:
        """Stop everything that was started, in the opposite order."""
        self.supervisor.stop(hurry)
        self.servers.stop()  # those that an interrupted start did not hand over
        self._claim.release()

    def __enter__(self) -> Site:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _take_the_folder(self) -> None:
        """Make sure that nobody uses our folder or our port, before anything is started."""
        port = self.environment.port
        if self._claim.take():
            end_leftovers(self.environment.var)
            insist_on_free_port(port, self.environment.host)
            self._claim.write(str(port))
            return
        insist_on_free_port(port, self.environment.host)
        raise CommandError(
            f"openletter already runs with {self.environment.var}, at "
            f"http://{LOOPBACK}:{self._claim.holder() or '?'}/. Stop it first, or choose another "
            f"folder for this one: OPENLETTER_VAR=/some/folder PORT={port} ./run"
        )


def start_site(
    environment: Environment,
    parts: Sequence[str] = PARTS,
    *,
    development: bool | None = None,
    ready: bool = True,
    calm: bool = True,
    tell: Callable[[str], None] = say,
) -> Site:
    """Start a site and return it, for `with`. Nothing is left running if that fails.

    `development` asks `manage.py prepare` for the demo letter and an administrator; by default
    it does unless the environment is for production. `ready` waits for /readyz. `tell` gets the
    lines for people: restarts, warnings and errors, and unless `calm` all other output too.
    """
    site = Site(environment, calm=calm, tell=tell)
    try:
        if development is None:
            development = not environment.production
        site.begin(parts, development=development)
        if ready and (missing := site.wait_until_ready()):
            raise CommandError(f"The site is not ready: {', '.join(missing)} missing.")
    except BaseException:
        site.stop()
        raise
    return site


def claim(environment: Environment) -> Claim:
    """Return the lock that a running site holds on its folder; it carries the port."""
    return Claim(environment.var / "run" / "site")


def insist_on_free_port(port: int, host: str = LOOPBACK) -> None:
    """Fail with what to do instead when somebody listens there, or the address is not ours."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # Connections of a site that just stopped do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except PermissionError:
            raise CommandError(
                f"Port {port} needs root; choose another with PORT=8000 ./run"
            ) from None
        except OSError as problem:
            if problem.errno == errno.EADDRNOTAVAIL:
                raise CommandError(
                    f"WEB_HOST is {host}, which is no address of this machine."
                ) from None
            other = port + 1 if port < 65535 else 8000
            raise CommandError(
                f"Port {port} is taken; choose another with PORT={other} ./run"
            ) from None
