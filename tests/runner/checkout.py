"""A checkout of the repository somewhere else, and ./run in it as a person calls it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.locations import ROOT
from runner.servers.postgres_user import Account
from runner.throwaway import ThrowawayFolder
from tests.live.waiting import PATIENCE, until

NOT_PART_OF_IT = shutil.ignore_patterns("var", ".venv*", ".git", "__pycache__", ".*_cache", "tests")
# A path of the kind that breaks a script that forgot its quotes.
NAME = "an open letter's folder"
LONGEST_START = 180.0


@dataclass
class Run:
    """One ./run that was started: what it says, what it started, how it ended."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, self.said
            return "\nReady\n" in self.said

        until(is_ready, "the site", seconds=LONGEST_START)

    def wait(self) -> int:
        """Return the code it ended with."""
        return self.process.wait(PATIENCE)

    def family(self) -> dict[int, str]:
        """Return every process below it, with what tells it from a later one of that number."""
        table = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,lstart="], capture_output=True, check=True, text=True
        )
        rows = [line.split(maxsplit=2) for line in table.stdout.splitlines()]
        found = {self.process.pid: ""}
        while more := {int(pid): at for pid, parent, at in rows if int(parent) in found} | found:
            if more.keys() == found.keys():
                break
            found = more
        return {pid: at for pid, at in found.items() if pid != self.process.pid}

    def end(self, number: signal.Signals) -> set[int]:
        """Send a signal as a terminal does; return what is still there when it has ended."""
        before = self.family()
        os.killpg(self.process.pid, number)
        assert self.wait() == 0, self.said
        return {pid for pid, at in before.items() if _started_at(pid) == at}


def _started_at(pid: int) -> str:
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, check=False, text=True
    )
    return shown.stdout.strip()


class Checkout:
    """A copy of the repository with an environment that needs nothing to be installed."""

    def __init__(self, folder: Path, python: Path, account: Account | None) -> None:
        self.path = folder / NAME
        self._account = account
        self._libraries = python.parent.parent / "lib"  # of a Python that was copied
        self._runs: list[Run] = []
        shutil.copytree(ROOT, self.path, ignore=NOT_PART_OF_IT, symlinks=True)
        self._make_venv(python)
        if account:
            for path in (self.path, *self.path.rglob("*")):
                os.chown(path, account.uid, account.gid, follow_symlinks=False)

    def _make_venv(self, python: Path) -> None:
        """Share the packages of the environment that these tests run in."""
        venv = self.path / ".venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(python)
        (venv / "lib").symlink_to(Path(sys.prefix) / "lib")
        (venv / "pyvenv.cfg").write_text(f"home = {python.parent}\n")
        lock = "requirements-dev.txt"
        form_token = f"{self.path}\n{lock}\n{(self.path / lock).read_text()}"
        (venv / "openletter-lock").write_text(form_token)

    def run(self, *words: str, **variables: str) -> Run:
        """Call ./run from another folder, with these variables and no others."""
        output = self.path.with_name(f"output-{len(self._runs)}")
        who = {"user": self._account.uid, "group": self._account.gid} if self._account else {}
        lent = {"LD_LIBRARY_PATH": str(self._libraries)} if self._account else {}
        with output.open("wb") as written:
            process = subprocess.Popen(
                [self.path / "run", *words],
                env={"PATH": os.environ["PATH"], "HOME": str(self.path), **lent, **variables},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that a signal reaches it as Ctrl-C would
                extra_groups=[] if self._account else None,
                **who,  # type: ignore[call-overload]  # mypy does not look into it
            )
        self._runs.append(Run(process, output))
        return self._runs[-1]

    def end(self) -> None:
        """End whatever a test that failed has left running."""
        for run in self._runs:
            if run.process.poll() is None:
                os.killpg(run.process.pid, signal.SIGTERM)
                run.wait()


def copy_python(python: Path, folder: Path) -> Path:
    """Copy an interpreter and its standard library, compiled, to where everybody may run it."""
    place = folder
    while place.stat().st_uid == os.geteuid() and place != Path(tempfile.gettempdir()):
        place.chmod(0o755)  # pytest makes its folders, one in the other, for one user
        place = place.parent
    skip = shutil.ignore_patterns("site-packages", "test", "idlelib", "tkinter")
    library = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, folder / "lib" / library.name, ignore=skip)
    for shared in Path(sysconfig.get_config_var("LIBDIR")).glob("libpython*.so*"):
        shutil.copy(shared, folder / "lib" / shared.name)
    (folder / "bin").mkdir()
    return Path(shutil.copy(python.resolve(), folder / "bin" / python.name))


@contextmanager
def checkout(python: Path, account: Account | None = None) -> Iterator[Checkout]:
    folder = ThrowawayFolder()
    try:
        made = Checkout(folder.path, python, account)
        yield made
        made.end()
    finally:
        folder.remove()
