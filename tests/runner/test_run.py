"""./run as somebody types it: in a folder with an odd name, as root and as anybody else."""

from __future__ import annotations

import os
import pwd
import signal
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.environment import free_port
from runner.servers.postgres_user import OWN_NAME, Account
from tests.live.waiting import until
from tests.runner.checkout import Checkout, Run, checkout, copy_python

pytestmark = pytest.mark.processes
PYTHON = Path(sys._base_executable)  # type: ignore[attr-defined]  # as ./run asks for it
PRODUCTION = {
    "DATABASE_URL": "postgresql://openletter:hunter2@127.0.0.1:1/openletter",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "SECRET_KEY": "hunter2-hunter2-hunter2-hunter2-hunter2-hunter2",
    "ALLOWED_HOSTS": "letters.example.org",
}


@pytest.fixture(scope="module")
def ours() -> Iterator[Checkout]:
    """A checkout of whoever runs the tests."""
    with checkout(PYTHON) as made:
        yield made


@pytest.fixture
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout of an ordinary user, whom only root can become."""
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already")
    entry = pwd.getpwnam("nobody")
    account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    if not account.can_enter(Path(sys.prefix) / "lib"):
        pytest.skip("nobody else may read the packages of these tests")
    python = PYTHON
    if not account.can_run(PYTHON, "-c", "pass"):  # it lies in the home of root
        python = copy_python(PYTHON, tmp_path_factory.mktemp("python"))
    with checkout(python, account) as made:
        yield made


def page(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return str(answer.read().decode())


def refused(run: Run) -> str:
    """Return the one sentence, or the few, with which a start stopped."""
    assert run.wait() == 1, run.said
    assert "Traceback" not in run.said
    assert "hunter2" not in run.said
    return run.said


def expect_nobody_else_to_read(var: Path) -> None:
    """Try as another user of the machine, which only root can; else look at what is allowed."""
    written = [path for path in var.rglob("*") if path.is_file()]
    names = {path.relative_to(var).parts[0] for path in written}
    assert {"log", "postgres", "secret_key", "valkey"} <= names
    if os.geteuid() != 0:
        assert var.stat().st_mode & 0o077 == 0
        return
    entry = pwd.getpwnam("nobody")
    nobody = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    assert not nobody.can_run("/bin/ls", var)
    one_of_each = {path.parent: path for path in written}.values()
    assert not nobody.can_run(
        "/bin/sh", "-c", 'for f; do cat "$f" && exit; done; false', "sh", *one_of_each
    )
    data = (var / "postgres").resolve() / "data"
    assert data.owner() == OWN_NAME


def test_a_site_starts_stops_and_starts_again_and_leaves_no_process_behind(
    ours: Checkout,
) -> None:
    port = free_port()
    site = ours.run(PORT=str(port))
    site.wait_until_ready()
    assert f"http://127.0.0.1:{port}/" in site.said
    assert "Setting up" not in site.said
    assert "/open-ai-openness/" in page(port)
    expect_nobody_else_to_read(ours.path / "var")
    secret = (ours.path / "var" / "secret_key").read_text()
    database = (ours.path / "var" / "postgres").resolve() / "data" / "PG_VERSION"
    made = database.stat().st_ino

    taken = refused(ours.run(PORT=str(port), OPENLETTER_VAR="another"))
    assert f"Port {port} is taken; choose another with PORT={port + 1} ./run" in taken
    same_folder = refused(ours.run(PORT=str(free_port())))
    assert f"already runs with {ours.path / 'var'}, at http://127.0.0.1:{port}/" in same_folder

    assert site.end(signal.SIGTERM) == set()
    again = ours.run(PORT=str(port))
    again.wait_until_ready()
    assert (ours.path / "var" / "secret_key").read_text() == secret
    assert database.stat().st_ino == made
    assert page(port).count("/open-ai-openness/") == 1
    assert again.end(signal.SIGINT) == set()


def test_an_ordinary_user_starts_a_site_too(theirs: Checkout) -> None:
    port = free_port()
    site = theirs.run(PORT=str(port))
    site.wait_until_ready()
    assert "Setting up" not in site.said
    assert "/open-ai-openness/" in page(port)
    assert {path.owner() for path in (theirs.path / "var").iterdir()} == {"nobody"}
    assert site.end(signal.SIGTERM) == set()


def test_a_start_that_is_broken_off_leaves_no_process_behind(ours: Checkout) -> None:
    site = ours.run(PORT=str(free_port()), OPENLETTER_VAR="broken off")
    log = ours.path / "broken off" / "log"
    until(log.exists, "the first server")
    assert site.end(signal.SIGTERM) == set()


@pytest.mark.parametrize("forgotten", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_a_real_site_that_forgot_a_server_does_not_become_one_for_development(
    ours: Checkout, forgotten: str
) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != forgotten}
    said = refused(ours.run(OPENLETTER_VAR="real", **given))
    assert said.startswith(f"Set {forgotten}, because")
    assert not (ours.path / "real").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("ALLOWED_HOSTS", ""),
        ("SECRET_KEY", "hunter2"),
        ("DATABASE_URL", "mysql://u:hunter2@db.example.org/letters"),
        ("SITE_URL", "http://letters.example.org"),
        ("PORT", "eighty"),
        ("WEB_PROCESSES", "0"),
    ],
)
def test_a_variable_that_is_missing_or_wrong_stops_the_start_by_name(
    ours: Checkout, name: str, value: str
) -> None:
    given = {**PRODUCTION, "PORT": str(free_port()), name: value}
    lines = refused(ours.run(OPENLETTER_VAR=f"wrong {name}", **given)).splitlines()
    assert name in lines[-1]
    assert len(lines) <= 2  # that it starts, and why it does not
