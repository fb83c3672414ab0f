"""Who PostgreSQL runs as: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A user without rights, whom root lends a process to."""

    name: str
    uid: int
    gid: int

    def can_run(self, *command: str | Path) -> bool:
        """Try a command as this user; False too when the user cannot even reach the program."""
        try:
            tried = subprocess.run(
                [os.fspath(word) for word in command],
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except OSError:
            return False
        return tried.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """Say whether this user may pass through every folder on the way."""
        return self.can_run("/bin/sh", "-c", 'cd -- "$1"', "sh", folder)


OWN_NAME = "openletter-postgres"


def server_account(base: Path) -> Account | None:
    """Return who should run a server with its data in `base`; None means ourselves.

    Root keeps to the user whom existing data belongs to, and otherwise takes one that exists for
    this alone, so that no other service of the machine can read the data; `nobody` where no user
    can be made.
    """
    if os.geteuid() != 0:
        return None
    owner = base.stat().st_uid if base.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else _own_user() or pwd.getpwnam("nobody")
    except KeyError:
        raise CommandError(
            "PostgreSQL does not run as root and this system has no user `nobody`: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _own_user() -> pwd.struct_passwd | None:
    """Return the user for PostgreSQL, made now if need be; None where that cannot be done."""
    with suppress(KeyError):
        return pwd.getpwnam(OWN_NAME)
    with suppress(OSError):
        subprocess.run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home"),
                *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"),
                *("--comment", "PostgreSQL of openletter", OWN_NAME),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    with suppress(KeyError):  # made by us, or by another ./run that was faster
        return pwd.getpwnam(OWN_NAME)
    return None
