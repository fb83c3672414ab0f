"""What ./run prints for systemd, and one process by itself."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from runner import units
from runner.errors import CommandError
from runner.locations import ROOT
from runner.parts import PARTS


def call(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Call ./run with these variables and no others."""
    return subprocess.run(
        [ROOT / "run", *words],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def complaints(folder: Path, unit: str) -> str:
    """Return what systemd itself says about a unit; where there is none, the test is skipped."""
    if not (verify := shutil.which("systemd-analyze")):
        pytest.skip("this machine has no systemd-analyze")
    file = folder / "openletter.service"
    file.write_text(unit, encoding="utf-8")
    done = subprocess.run(
        [verify, "verify", "--man=no", file], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


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


@pytest.mark.parametrize("part", ["confirm", "default", "beat"])
def test_workers_and_beat_begin_when_web_has_brought_the_tables_up_to_date(part: str) -> None:
    assert parsed(units.unit(part))["Unit"]["After"].split()[-1] == "openletter-web.service"
    assert "openletter-web" not in parsed(units.unit("web"))["Unit"]["After"]


@pytest.mark.parametrize("part", PARTS)
def test_systemd_understands_every_line_of_a_unit(part: str, tmp_path: Path) -> None:
    assert complaints(tmp_path, units.unit(part)) == ""


def test_systemd_understands_the_unit_of_all_in_one_command(tmp_path: Path) -> None:
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    (unit,) = re.findall(r"^```\n(\[Unit\].*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert complaints(tmp_path, unit.replace("/srv/openletter/run", str(ROOT / "run"))) == ""


def test_a_line_that_systemd_does_not_understand_is_told(tmp_path: Path) -> None:
    assert "Kill" in complaints(tmp_path, units.unit("web").replace("KillMode", "KillModus"))


def test_the_document_has_no_copy_of_these_units_and_leads_to_each() -> None:
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert "TimeoutStartSec" not in page
    assert all(f"`./run units {part}`" in page for part in PARTS)
    assert f"for part in {' '.join(PARTS)}; do" in page
    assert " ".join(f"openletter-{part}" for part in PARTS) in page


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
    with pytest.raises(CommandError, match="web, confirm, default, beat"):
        units.wanted(["worker"])


@pytest.mark.processes
@pytest.mark.parametrize("part", PARTS)
def test_a_process_by_itself_names_the_servers_that_it_needs(part: str) -> None:
    said = call(part, DATABASE_URL="postgresql:///x")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("Set REDIS_URL and EMAIL_URL: a process by itself")
