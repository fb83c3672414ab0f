"""Machines of a site in one: network namespaces with a switch between them, whose packets we drop.

Needs root and Debian's iproute2 and nftables. What listens on a file's socket is reached from
every namespace; what is tested here goes over TCP.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from dev.debian import program
from runner.process import DIE_WITH_PARENT, Process
from runner.servers.postgres import DATABASE, USER, Postgres

T = TypeVar("T")

_CLONE_NEWNET = 0x40000000
_NETWORK = "10.213.0"
_DROPS = """
table inet silence {
    chain arriving { type filter hook input priority 0; iifname "wire" drop; }
    chain leaving { type filter hook output priority 0; oifname "wire" drop; }
}
"""


class Machine:
    """A namespace with an address of its own."""

    def __init__(self, namespace: str, address: str) -> None:
        self.namespace = namespace
        self.address = address
        self._inside = ThreadPoolExecutor(16, initializer=self._enter)

    def __str__(self) -> str:
        return self.namespace

    def command(self, *words: str | Path) -> list[str | Path]:
        """Return how a command is called so that it runs there."""
        return ["ip", "netns", "exec", self.namespace, *words]

    def there(self, act: Callable[[], T]) -> T:
        """Do something in a thread that lives there, such as opening a connection."""
        return self._inside.submit(act).result()

    def fall_silent(self) -> None:
        """Drop every packet that comes or goes, from one moment to the next; nobody is told."""
        _call(*self.command("nft", "-f", "-"), said=_DROPS)

    def speak(self) -> None:
        _call(*self.command("nft", "flush", "ruleset"))

    def close(self) -> None:
        self._inside.shutdown()

    def _enter(self) -> None:
        handle = os.open(f"/run/netns/{self.namespace}", os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(handle)


@contextmanager
def network(*names: str) -> Iterator[list[Machine]]:
    """Connect so many machines, and forget them in the end with all that runs there."""
    if os.geteuid() != 0:
        pytest.skip("only root makes network namespaces")
    for name, package in (("ip", "iproute2"), ("nft", "nftables")):
        assert program(name, package), f"the tests need {package}"
    switch = f"ol{os.getpid()}"
    machines = [
        Machine(f"{switch}-{name}", f"{_NETWORK}.{number}") for number, name in enumerate(names, 1)
    ]
    try:
        _call("ip", "netns", "add", switch)
        _call("ip", "-n", switch, "link", "add", "switch", "type", "bridge")
        _call("ip", "-n", switch, "link", "set", "switch", "up")
        for number, machine in enumerate(machines, 1):
            _connect(machine, switch, f"port{number}")
        yield machines
    finally:
        for machine in machines:
            machine.close()
        for namespace in (switch, *map(str, machines)):
            _call("ip", "netns", "del", namespace, check=False)


def _connect(machine: Machine, switch: str, port: str) -> None:
    name = machine.namespace
    _call("ip", "netns", "add", name)
    _call("ip", "-n", switch, "link", "add", port, "type", "veth", "peer", "wire", "netns", name)
    _call("ip", "-n", switch, "link", "set", port, "master", "switch", "up")
    _call("ip", "-n", name, "addr", "add", f"{machine.address}/24", "dev", "wire")
    for link in ("wire", "lo"):
        _call("ip", "-n", name, "link", "set", link, "up")


def _call(*words: str | Path, said: str = "", check: bool = True) -> None:
    done = subprocess.run(words, input=said, capture_output=True, text=True, check=False)
    assert not (check and done.returncode), f"{words}: {done.stderr}"


class PostgresThere(Postgres):
    """PostgreSQL on one of the machines, where it listens on TCP as well."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        super().__init__(folder / "postgres", log=folder / "postgres.log", throwaway=True)
        self._machine = machine
        self._rules = folder / "rules"
        self._rules.write_text("local all all trust\nhost all all 0.0.0.0/0 trust\n")
        self._rules.chmod(0o644)

    @property
    def address(self) -> str:
        return f"postgresql://{USER}@{self._machine.address}/{DATABASE}"

    def _run(self, command: list[str | Path]) -> Process:
        if Path(command[0]).name == "postgres":
            command = [*command, "-c", f"listen_addresses={self._machine.address}"]
            command += ["-c", f"hba_file={self._rules}"]
        assert self._account is not None
        # Its user may not enter a namespace: root enters, and then becomes that user.
        tied: list[str | Path] = [
            sys.executable,
            "-I",
            "-S",
            DIE_WITH_PARENT,
            str(os.getpid()),
            str(int(signal.SIGINT)),
        ]
        account = [str(self._account.uid), str(self._account.gid)]
        with self._log.open("ab") as output:
            return Process(
                self._machine.command(*tied, *account, *command),
                environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                output=output,
                folder=Path("/"),
                stop_signal=signal.SIGINT,
                kill_signal=signal.SIGQUIT,
            )


def run_there(
    machine: Machine, words: Sequence[str | Path], *, values: dict[str, str], log: Path
) -> Process:
    """Run a command on a machine until the test ends."""
    with log.open("ab") as output:
        return Process(machine.command(*words), environment=values, output=output)
