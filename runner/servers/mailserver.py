"""Starts the mail catcher and knows its address."""

from __future__ import annotations

import os
import select
import smtplib
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from runner.errors import CommandError
from runner.locations import PYTHON
from runner.locks import locked
from runner.process import Process
from runner.servers.embedded_server import EmbeddedServer, log_for_appending

if TYPE_CHECKING:
    from pathlib import Path

GREETING = "openletter mail catcher"
PATIENCE = 30.0


class Mailserver(EmbeddedServer):
    """A mail catcher for one folder. It keeps its port when it is started again."""

    name = "mail"
    grace = 5.0

    def __init__(self, folder: Path, *, log: Path) -> None:
        super().__init__()
        self.folder = folder
        self._log = log
        self._port = 0

    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start or join it, and come back when it answers."""
        with self._turn:
            self.wanted = True
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self.folder / ".lock"):
                self._process = None
                note = self.folder / ".port"
                with suppress(OSError, ValueError):
                    self._port = int(note.read_text())
                if not self._answers():
                    self._port = self._begin(self._port) or self._begin(0)
                    if not self._port:
                        raise CommandError(f"The mail catcher does not start; see {self._log}.")
                    note.write_text(str(self._port))

    def _answers(self) -> bool:
        """Say whether a catcher of ours listens there, not any other mail server."""
        if not self._port:
            return False
        with suppress(OSError, smtplib.SMTPException), smtplib.SMTP(timeout=5) as client:
            _code, greeting = client.connect("127.0.0.1", self._port)
            return GREETING.encode() in greeting
        return False

    def _begin(self, port: int) -> int:
        """Return the port once it listens, or 0 if it could not."""
        command: list[str | Path] = [
            PYTHON,
            "-m",
            "runner.servers.mailcatcher",
            "--port",
            str(port),
        ]
        command += ["--folder", self.folder]
        with log_for_appending(self._log) as errors:
            self._process = Process(
                command, environment=os.environ, output=subprocess.PIPE, errors=errors
            )
        readable, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        with self._process.stdout as output:
            line = output.readline() if readable else b""
        if not line.strip():
            self._process.stop(1)
            return 0
        return int(line)
