"""A site on several machines, each process started there as docs/deploy.md says."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from dev.debian import program
from runner import environment as environments
from runner.locations import ROOT
from runner.process import Process
from runner.servers.valkey import Valkey
from runner.site import Site
from runner.terminal import say
from runner.throwaway import ThrowawayFolder
from runner.units import unit
from tests.live.letterbox import Letterbox
from tests.live.site import Answer, LiveSite
from tests.live.waiting import PATIENCE, until
from tests.processes.network import Machine, PostgresThere, network, run_there
from tests.processes.relay import Relay, running_relay

AHEAD_SECONDS = 90  # longer than a test waits for anything (PATIENCE)
_visits = count(1)
PORT = 8000
LONGEST_START = 180.0


class SiteFromThere(LiveSite):
    """The site as somebody meets it who is connected to its machines."""

    def __init__(self, site: Site, letterbox: Letterbox, visitor: Machine) -> None:
        super().__init__(site, letterbox)
        self._visitor = visitor

    def send(self, request: urllib.request.Request) -> Answer:
        # Links in mails name the proxy, which these machines have none of.
        request.full_url = request.full_url.replace(f"http://localhost:{PORT}", self.address)
        # As the proxy would say it; everybody sits in a network of their own (T25).
        number = next(_visits)
        seen = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if not request.has_header("X-forwarded-for"):  # as urllib spells it
            request.add_header("X-Forwarded-For", seen)
        return self._visitor.there(partial(super().send, request))


@dataclass
class Running:
    """One process of the site on one machine."""

    machine: Machine
    part: str
    values: dict[str, str] = field(repr=False)
    log: Path
    process: Process | None = None

    def start(self) -> None:
        """Run what its unit runs."""
        lines = unit(self.part).splitlines()
        (called,) = (line.partition("=")[2] for line in lines if line.startswith("ExecStart="))
        words = shlex.split(called)
        self.process = run_there(self.machine, words, values=self.values, log=self.log)

    def end(self) -> None:
        """End it with what it has in hand, which nobody needs."""
        if self.process:
            self.process.kill()
            self.process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def children(self) -> list[int]:
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, check=False
        )
        return [int(word) for word in found.stdout.split()]

    def has_said(self, words: str) -> bool:
        return words in self.log.read_text()


@dataclass
class SeveralMachines:
    """Two webs, two workers and beat; the second of each has a clock that is ahead."""

    database: Machine
    relay: Relay
    webs: list[Running]
    workers: list[Running]
    others: list[Running]
    sites: list[SiteFromThere]  # by way of the first web and of the second
    inside: SiteFromThere  # the second web as it meets itself
    prepared: list[Process]  # by two machines at once

    def every_process(self) -> list[Running]:
        return [*self.webs, *self.workers, *self.others]


def is_well(site: SiteFromThere) -> bool:
    try:
        return site.request("/readyz").status == 200
    except OSError:
        return False


@contextmanager
def several_machines() -> Iterator[SeveralMachines]:
    folder = ThrowawayFolder()
    names = ("db", "mail", "web1", "web2", "work1", "work2", "home")
    with ExitStack() as stack:
        stack.callback(folder.remove)
        database, mail, web1, web2, work1, work2, home = stack.enter_context(network(*names))
        postgres = PostgresThere(database, folder.path)
        valkey = Valkey(folder.path / "valkey", log=folder.path / "valkey.log", throwaway=True)
        for server in (postgres, valkey):
            server.start()
            stack.callback(server.stop)
        (folder.path / "mail").mkdir()
        relay = stack.enter_context(running_relay(folder.path / "mail", mail))
        values = _values(postgres, valkey, relay, [web1, web2])

        def on(machine: Machine, part: str, *, ahead: bool = False) -> Running:
            var = folder.path / machine.namespace
            var.mkdir(exist_ok=True)
            own = {"OPENLETTER_VAR": str(var), "WEB_HOST": machine.address}
            clock = _ahead() if ahead else {}
            return Running(machine, part, {**values, **own, **clock}, var / f"{part}.log")

        webs = [on(web1, "web"), on(web2, "web", ahead=True)]
        workers = [on(work1, "confirm"), on(work2, "confirm", ahead=True)]
        others = [on(work1, "beat")]
        prepared = [_prepare(web) for web in webs]
        until(
            lambda: not any(one.alive() for one in prepared),
            "two machines that prepare",
            seconds=LONGEST_START,
        )
        letterbox = Letterbox(relay.folder)
        site = SeveralMachines(
            database,
            relay,
            webs,
            workers,
            others,
            [_met_by(home, web, postgres, letterbox) for web in webs],
            _met_by(web2, webs[1], postgres, letterbox),
            prepared,
        )
        for running in site.every_process():
            running.start()
            stack.callback(running.end)
        until(lambda: all(map(is_well, site.sites)), "both webs", seconds=LONGEST_START)
        yield site


def _values(
    postgres: PostgresThere, valkey: Valkey, relay: Relay, webs: list[Machine]
) -> dict[str, str]:
    """Return what /etc/openletter.env would say on each of the machines."""
    hosts = ",".join(["localhost", *(web.address for web in webs)])
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "DATABASE_URL": postgres.address,
        "REDIS_URL": valkey.url(),
        "EMAIL_URL": relay.url,
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        "ALLOWED_HOSTS": hosts,
        "PORT": str(PORT),
        "TRUSTED_PROXIES": "1",
        "WEB_PROCESSES": "1",
        "LOOK_UP_DOMAINS": "0",
    }


def _ahead() -> dict[str, str]:
    """Return what makes a process believe that it is later than it is."""
    faketime = program("faketime", "faketime")
    assert faketime, "the tests need faketime"
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"+{AHEAD_SECONDS}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def _prepare(web: Running) -> Process:
    """Bring the database up to date, as the unit of web does, with the letter to sign in it."""
    words: list[str | Path] = [ROOT / "run", "manage", "prepare", "--development"]
    return run_there(web.machine, words, values=web.values, log=web.log.with_name("prepare.log"))


def _met_by(
    home: Machine, web: Running, postgres: PostgresThere, letterbox: Letterbox
) -> SiteFromThere:
    site = Site(environments.read(web.values), calm=True, tell=say)
    site.values["DATABASE_URL"] = postgres.url()  # for the tests themselves, who are on no machine
    return SiteFromThere(site, letterbox, home)


def die(running: Running) -> None:
    """Let a machine lose its power: it says nothing more, and nothing of it is left."""
    running.machine.fall_silent()
    os.killpg(running.pid, signal.SIGKILL)
    assert running.process is not None
    running.process.wait(10)
