"""Nobody else on the machine can read what ./run keeps."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

import pytest

from runner.permissions import keep_private
from runner.servers import postgres_user
from runner.servers.postgres_user import OWN_NAME, Account, server_account


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder of an earlier version, that everybody could read."""
    made = tmp_path / "var"
    for name in ("log", "mailbox", "bench"):
        (made / name).mkdir(parents=True)
        (made / name).chmod(0o755)
    (made / "log/web.log").write_text("a line")
    (made / "notes").write_text("a key")
    made.chmod(0o755)
    return made


@pytest.mark.parametrize(("passable", "expected"), [(False, 0o700), (True, 0o711)])
def test_a_folder_is_closed_with_all_that_is_in_it(
    var: Path, passable: bool, expected: int
) -> None:
    keep_private(var, passable=passable)
    assert mode(var) == expected
    assert {mode(var / name) for name in ("log", "mailbox", "run", "static", "bench")} == {0o700}
    assert mode(var / "notes") == 0o600


def test_a_folder_that_others_use_too_is_left_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    keep_private(tmp_path, passable=False)
    assert mode(tmp_path) == 0o1777
    assert mode(tmp_path / "log") == 0o700


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends processes to others")


@needs_root
def test_postgresql_gets_a_user_of_its_own(tmp_path: Path) -> None:
    found = server_account(tmp_path / "postgres")
    assert found is not None
    assert found.name == OWN_NAME
    assert not found.can_run("/bin/sh", "-c", "cat /etc/shadow")


@needs_root
def test_data_stay_with_the_user_whom_they_belong_to(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)
    assert server_account(tmp_path) == Account("nobody", nobody.pw_uid, nobody.pw_gid)


@needs_root
def test_where_no_user_can_be_made_it_is_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_user, "OWN_NAME", "openletter-no-such-user")
    monkeypatch.setenv("PATH", str(tmp_path))  # no useradd there
    found = server_account(tmp_path / "postgres")
    assert found is not None
    assert found.name == "nobody"
