"""Who may look into `var`: nobody but us. Mails, logs and keys are in it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Made before anything is written to them, each for ourselves alone.
_FOLDERS = ("beat", "log", "mailbox", "run", "static", "valkey")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def keep_private(var: Path, *, passable: bool) -> None:
    """Make `var` and close it, and everything in it that is ours; what is older too.

    `passable` lets other users pass through, to a folder in it that they know and may enter; they
    still cannot see what there is.
    """
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = var.stat()
    # Not a folder that others use too, such as /tmp, if somebody set OPENLETTER_VAR to it.
    if found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE:
        var.chmod(0o711 if passable else 0o700)
    for name in _FOLDERS:
        (var / name).mkdir(mode=0o700, exist_ok=True)
    for path in var.iterdir():
        if path.name != "postgres":  # it has modes, and perhaps a user, of its own
            _close(path)


def _close(path: Path) -> None:
    found = path.lstat()
    if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode):
        path.chmod(stat.S_IMODE(found.st_mode) & 0o700)
