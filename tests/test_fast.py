"""Which tests `./run test --fast` runs, and what it brings for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dev import testing
from runner.locations import ROOT
from tests.fast import FOLDERS

SOME = """
import pytest

def test_quick(): pass

@pytest.mark.e2e
def test_in_a_browser(): pass

@pytest.mark.processes
def test_with_a_site(): pass

@pytest.mark.slow
def test_of_everything(): pass
"""


def run(folder: Path, *arguments: str) -> str:
    """Return what pytest says of some tests, one of them in a folder that is left out."""
    for place in (folder, *(folder / name for name in FOLDERS)):
        place.mkdir(parents=True, exist_ok=True)
        (place / f"test_in_{place.name.replace('-', '_')}.py").write_text(SOME)
    options = [*("-c", os.devnull), *("--rootdir", str(folder)), *("-W", "ignore"), "-q"]
    for plugin in ("tests.fast", "no:django", "no:cacheprovider"):
        options += ["-p", plugin]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_fast_leaves_out_browsers_processes_and_what_is_slow(tmp_path: Path) -> None:
    assert "1 passed, 3 deselected" in run(tmp_path, "--fast")


def test_without_it_everything_runs(tmp_path: Path) -> None:
    assert f"{4 * (1 + len(FOLDERS))} passed" in run(tmp_path)


def test_fast_by_itself_is_shared_by_processes_and_with_a_path_is_not() -> None:
    assert testing.arguments(["--fast"]) == ["--fast", *testing.ALL_THAT_IS_FAST]
    assert testing.arguments(["--fast", "tests/mail"]) == ["--fast", "tests/mail"]
    assert testing.arguments(["tests/mail", "-k", "claim"]) == ["tests/mail", "-k", "claim"]
    assert testing.arguments([]) == [*testing.EVERYTHING]


def test_the_folders_that_are_left_out_hold_nothing_else() -> None:
    for folder in FOLDERS:
        for module in (ROOT / folder).glob("test_*.py"):
            text = module.read_text(encoding="utf-8")
            assert "pytestmark = pytest.mark.e2e" in text or (
                "pytestmark = pytest.mark.processes" in text
            ), module.name
