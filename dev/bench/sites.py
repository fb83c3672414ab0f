"""Sites to measure: what ./run starts, in production mode, with durable servers of their own."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from dev.bench import machine
from runner import parts
from runner.child import Child
from runner.environment import free_port, isolated
from runner.errors import CommandError
from runner.locations import PYTHON, ROOT
from runner.site import start_site
from runner.terminal import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from runner.site import Site

# Plain HTTP is allowed here only because everything stays on this machine.
PRODUCTION = {
    "DEBUG": "0",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "WEB_PROCESSES": "2",
    "TRUSTED_PROXIES": "1",
}
PATIENCE = 60.0


@dataclass(frozen=True)
class Page:
    """An answer that was fetched once, outside any measurement."""

    status: int
    headers: Mapping[str, str]
    text: str


class FilledSite:
    """A running site whose letter has `size` published signatures."""

    def __init__(self, site: Site, size: int) -> None:
        self.site = site
        self.size = size
        self.slug = site.prepared.letter or ""
        self.port = site.environment.port
        self.host = f"localhost:{self.port}"

    def get(self, path: str) -> Page:
        return fetch(self.port, path)

    def inside(self, module: str, *arguments: object, **extra: str) -> str:
        """Run a process of dev.bench.inside beside the site; return what it printed."""
        command = [PYTHON, "-m", f"dev.bench.inside.{module}", *map(str, arguments)]
        values = {**self.site.values, "OPENLETTER_PROCESS": "manage", **extra}
        done = subprocess.run(
            command, env=values, cwd=ROOT, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise CommandError(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self.inside("counts"))
        return found

    def web_processes(self) -> list[int]:
        """Return the processes that answer, without the one that watches over them."""
        leader = self.site.children["web"].pid
        return machine.children(leader) if leader else []

    def wait_for_mails(self, seconds: float) -> None:
        """Let the workers finish, so that one measurement leaves nothing to the next."""
        _until(
            lambda: not self.counts()["mails_due"],
            "The workers do not finish their mails.",
            seconds=seconds,
            every=1.0,
        )


def _until(
    look: Callable[[], bool], complaint: str, *, seconds: float = PATIENCE, every: float = 0.1
) -> None:
    """Return when it is so; a network that does not answer yet is no answer."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError):
            if look():
                return
        if time.monotonic() > deadline:
            raise CommandError(complaint)
        time.sleep(every)


def start_filled(
    stack: ExitStack, folder: Path, size: int, *, workers: bool, **settings: str
) -> FilledSite:
    """Start a site in a fresh folder, with `size` published signatures; the stack stops it."""
    say(f"Starting a site with {size:,} signatures.")
    environment = isolated(folder, port=free_port(), **PRODUCTION, **settings)
    wanted: Sequence[str] = parts.PARTS if workers else ("web",)
    site = stack.enter_context(
        start_site(environment, wanted, development=True, ready=workers, tell=complain)
    )
    _wait_for_web(site)
    filled = FilledSite(site, size)
    have = filled.counts()["published"]
    filled.inside("fill", "published", size - have)
    # Not a number of ours: the site's own command must agree with what we wrote.
    say(site.manage("recount").strip())
    return filled


def start_workers(stack: ExitStack, filled: FilledSite) -> None:
    """Start what works in the background of a site of which only the web runs."""
    site = filled.site
    for name in parts.PARTS[1:]:
        added = parts.child(name, site.environment, site.values, calm=True, tell=complain)
        stack.callback(added.stop)
        added.start()
    _until(lambda: not site.missing(), "The workers do not begin.")


def move_database(stack: ExitStack, filled: FilledSite, seconds: float) -> None:
    """Let the database be so far away from the web processes, which are started anew."""
    site = filled.site
    web = site.children["web"]
    web.stop()
    known = parse_qs(urlsplit(site.values["DATABASE_URL"]).query)
    port = free_port()
    command = [PYTHON, "-m", "dev.bench.distance", "--port", str(port)]
    command += ["--to", f"{known['host'][0]}/.s.PGSQL.5432", "--seconds", str(seconds)]
    between = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    stack.callback(between.wait, 10)
    stack.callback(between.terminate)
    wait_for_port(port)
    address = f"postgresql:///openletter?host=127.0.0.1&port={port}&user={known['user'][0]}"
    values = {**site.values, "DATABASE_URL": f"{address}&sslmode=disable"}
    moved = parts.child("web", site.environment, values, calm=True, tell=complain)
    site.children["web"] = moved
    stack.callback(moved.stop)
    moved.start()
    _wait_for_web(site)


def _wait_for_web(site: Site) -> None:
    def answers() -> bool:
        return all(name.startswith("worker") for name in site.missing())

    _until(answers, "The site does not answer.")


def start_bare(stack: ExitStack, folder: Path) -> int:
    """Start the bare Django view under the same granian with the same flags; return its port."""
    environment = isolated(folder, port=free_port(), **PRODUCTION)
    child = Child(
        "bare",
        [
            "dev.bench.bare:application" if word == "openletter.wsgi:application" else word
            for word in parts.command("web", environment)
        ],
        environment=environment.values,
        log=environment.var / "log" / "bare.log",
        calm=True,
        tell=complain,
    )
    stack.callback(child.stop)
    child.start()
    _until(lambda: fetch(environment.port, "/").status > 0, "The bare Django view does not answer.")
    return environment.port


def wait_for_port(port: int) -> None:
    """Return when somebody listens there."""

    def is_open() -> bool:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True

    _until(is_open, f"Nobody listens at port {port}.")


def fetch(port: int, path: str) -> Page:
    """GET a page as somebody without a cache would."""
    connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
        return Page(response.status, dict(response.getheaders()), text)
    finally:
        connection.close()
