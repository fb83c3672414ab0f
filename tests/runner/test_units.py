"""What ./run prints for systemd, and one process by itself."""

from __future__ import annotations

import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from runner import units
from runner.locations import ROOT
from runner.parts import PARTS
from runner.trouble import Trouble


def call(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Call ./run with these variables and no others."""
    return subprocess.run(
        [ROOT / "run", *words],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def parsed(text: str) -> ConfigParser:
    unit = ConfigParser(interpolation=None)
    unit.read_string(text)
    return unit


@pytest.mark.parametrize("part", PARTS)
def test_a_unit_calls_run_for_its_part_and_repeats_no_command(part: str) -> None:
    service = parsed(units.unit(part))["Service"]
    assert shlex.split(service["ExecStart"]) == [str(ROOT / "run"), part]
    assert service["KillMode"] == "mixed"
    assert ("ExecStartPre" in service) == (part == "web")


def test_signs_of_a_path_that_systemd_reads_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "ROOT", Path("/srv/100% open $letters"))
    service = parsed(units.unit("beat"))["Service"]
    assert service["WorkingDirectory"] == "/srv/100%% open $letters"
    assert service["ExecStart"] == '"/srv/100%% open $$letters/run" beat'


def test_units_need_no_settings_and_no_packages() -> None:
    printed = call("units", "beat")
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.strip() == units.unit("beat").strip()


def test_a_unit_that_there_is_not_is_told_which_there_are() -> None:
    with pytest.raises(Trouble, match="web, confirm, default, beat"):
        units.wanted(["worker"])


@pytest.mark.processes
@pytest.mark.parametrize("part", PARTS)
def test_a_process_by_itself_names_the_servers_that_it_needs(part: str) -> None:
    said = call(part, DATABASE_URL="postgresql:///x")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("Set REDIS_URL and EMAIL_URL: a process by itself")
