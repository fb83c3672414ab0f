"""A browser or process test that fails is run once more, and both tries are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.locations import ROOT

# Each keeps in a file how often it was tried, and how often its site was started.
ODD = """
from pathlib import Path
import pytest

def again(name):
    with Path(name).open("a") as log:
        log.write("x")
    return len(Path(name).read_text())

@pytest.fixture(scope="session")
def site():
    again("started")

@pytest.mark.e2e
def test_unlucky(site):
    print("a word about it")
    assert again("unlucky") == 2, "the reason why"

@pytest.fixture(scope="module")
def breakable():
    return []

@pytest.mark.processes
def test_broken(site, breakable):
    breakable.append(again("broken"))
    assert breakable == []

@pytest.mark.processes
def test_after_it(site, breakable):
    assert breakable == []

@pytest.mark.processes
def test_well(site):
    assert again("well") == 1

def test_of_another_kind():
    assert again("other") == 2

@pytest.mark.e2e
@pytest.mark.parametrize("when", ["before", "after"])
def test_around(when, around):
    pass

@pytest.fixture
def around(when):
    assert when == "after" or again("before") == 2
    yield
    assert when == "before" or again("after") == 2
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_odd.py").write_text(ODD)
    options = [*("-c", os.devnull), *("--rootdir", str(folder)), *("-W", "ignore")]
    for plugin in ("tests.second_try", "no:django", "no:cacheprovider"):
        options += ["-p", plugin]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def tries(folder: Path, name: str) -> int:
    return len((folder / name).read_text())


@pytest.mark.slow
@pytest.mark.parametrize("processes", [(), ("-n", "1", "--dist", "loadfile")])
def test_both_tries_are_told_and_a_second_one_that_passes_counts(
    tmp_path: Path, processes: tuple[str, ...]
) -> None:
    done = run(tmp_path, *processes)
    assert done.returncode == 1
    assert "2 failed, 5 passed" in done.stdout
    assert "failed once, passed once: test_odd.py::test_unlucky\n" in done.stdout
    assert "failed twice: test_odd.py::test_broken\n" in done.stdout
    assert done.stdout.count("the reason why") > 0
    assert done.stdout.count("a word about it") > 0
    for when in ("before", "after"):
        assert f"failed once, passed once: test_odd.py::test_around[{when}]\n" in done.stdout
    assert [tries(tmp_path, name) for name in ("unlucky", "broken", "well", "other")] == [
        *(2, 2, 1, 1),
    ]


@pytest.mark.slow
def test_a_run_whose_only_failure_passed_in_the_end_passes(tmp_path: Path) -> None:
    done = run(tmp_path, "-k", "unlucky or well")
    assert (done.returncode, tries(tmp_path, "started")) == (0, 2)
    assert "RUN TWICE" in done.stdout
    assert "failed once, passed once: test_odd.py::test_unlucky\n" in done.stdout
    assert "test_well" not in done.stdout
