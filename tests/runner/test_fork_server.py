"""Processes that are forked from one that has imported the application."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.fork_server import Forked, ForkServer
from runner.locations import PYTHON
from runner.process import Process
from tests.live.waiting import PATIENCE, until

Start = Callable[..., Process]
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="each process starts by itself there"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    log = tmp_path_factory.mktemp("forks") / "forks.log"
    started = ForkServer(os.environ, log=log, calm=True, tell=print)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def forks(running: ForkServer) -> ForkServer:
    running.start()  # once more, if a test ended it
    return running


@pytest.fixture
def start(forks: ForkServer) -> Iterator[Start]:
    """Starts one and ends it after the test."""
    started = []

    def begin(*words: str, runs_as: str = "worker") -> Process:
        started.append(begun(forks, *words, runs_as=runs_as))
        return started[-1]

    yield begin
    for process in started:
        process.stop(PATIENCE)
        process.stdout.close()


def begun(forks: ForkServer, *words: str, runs_as: str) -> Process:
    return Process(
        [PYTHON, "-m", "tests.runner.said_of_itself", *words],
        environment={**os.environ, "OPENLETTER_PROCESS": runs_as},
        output=subprocess.PIPE,
        fork=forks.fork,
    )


def said(process: Process) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def is_forked(process: Process) -> bool:
    return isinstance(process._popen, Forked)


def numbers(pid: int, name: str) -> dict[str, int]:
    """Return what /proc says of a process in rows of a name and a number."""
    rows = (row.split() for row in Path(f"/proc/{pid}/{name}").read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def test_a_forked_process_shares_what_is_imported(start: Start) -> None:
    process = start("wait")
    assert said(process)["name"] == "__main__"
    assert is_forked(process)
    memory = numbers(process.pid, "smaps_rollup")
    assert memory["Private_Dirty:"] < memory["Rss:"] / 4


def test_a_forked_process_is_a_child_of_ours_and_leads_a_group(start: Start) -> None:
    process = start("wait")
    said(process)
    assert numbers(process.pid, "status")["PPid:"] == os.getpid()
    assert os.getpgid(process.pid) == process.pid
    assert b"tests.runner.said_of_itself wait" in Path(f"/proc/{process.pid}/cmdline").read_bytes()


def test_how_a_forked_process_ended_is_known(start: Start) -> None:
    ended = start()
    assert ended.wait(PATIENCE)
    assert ended.ending() == "ended with code 7"
    asked = start("wait")
    said(asked)
    asked.request_stop()
    assert asked.wait(PATIENCE)
    assert asked.ending() == f"was killed by signal {int(signal.SIGTERM)}"


@pytest.mark.parametrize(
    ("runs_as", "has_pool", "lasts"), [("web", True, 0), ("worker", False, 60), ("beat", False, 60)]
)
def test_a_forked_process_connects_as_its_kind_does(
    start: Start, runs_as: str, has_pool: bool, lasts: int
) -> None:
    process = start(runs_as=runs_as)
    found = said(process)
    assert found["runs_as"] == [runs_as, runs_as]
    assert (found["has_pool"], found["lasts"]) == (has_pool, lasts)
    assert process.wait(PATIENCE)


def test_what_is_forked_outlives_the_fork_server_and_the_next_starts_by_itself(
    forks: ForkServer, start: Start
) -> None:
    before = start("wait")
    said(before)
    forks.crash()
    until(lambda: not forks.alive(), "its end")
    by_itself = start("wait")
    assert said(by_itself)["name"] == "__main__"
    assert not is_forked(by_itself)
    assert before.alive()
    forks.start()
    again = start("wait")
    said(again)
    assert is_forked(again)


def test_the_fork_server_holds_no_thread_and_no_connection(forks: ForkServer, start: Start) -> None:
    process = start()
    assert process.wait(PATIENCE)
    (_,) = Path(f"/proc/{forks.pid}/task").iterdir()
    files = [os.readlink(file) for file in Path(f"/proc/{forks.pid}/fd").iterdir()]
    assert len([name for name in files if name.startswith("socket:")]) == 1  # to us


def test_a_forked_process_ends_with_the_one_that_asked_for_it(tmp_path: Path) -> None:
    asking = f"""
import os, signal, subprocess
from pathlib import Path
from runner.fork_server import ForkServer
from runner.process import Process
forks = ForkServer(os.environ, log=Path({str(tmp_path / "log")!r}), calm=True, tell=print)
forks.start()
command = [{PYTHON!r}, "-m", "tests.runner.said_of_itself", "wait"]
process = Process(
    command,
    environment={{**os.environ, "OPENLETTER_PROCESS": "worker"}},
    output=subprocess.PIPE,
    fork=forks.fork,
)
process.stdout.readline()
print(process.pid, flush=True)
signal.pause()
"""
    asker = subprocess.Popen([PYTHON, "-c", asking], stdout=subprocess.PIPE)
    assert asker.stdout
    pid = int(asker.stdout.readline())
    assert b"said_of_itself" in Path(f"/proc/{pid}/cmdline").read_bytes()
    asker.kill()
    asker.wait()
    asker.stdout.close()
    until(lambda: has_ended(pid), "its end")


def has_ended(pid: int) -> bool:
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
