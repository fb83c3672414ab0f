"""Private folders for unix sockets, short enough for the 100 bytes a socket path may have."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from runner.errors import CommandError
from runner.locations import fingerprint

# Not TMPDIR, which is long on macOS and may differ between two calls that must meet.
PLACE = Path("/tmp")  # noqa: S108 - owner and mode are checked below


def socket_folder(base: Path, *, owner: int | None = None) -> Path:
    """Return the folder for the sockets of the server with its data in `base`; make it if needed.

    Only `owner` (we ourselves, unless root says otherwise) can enter it.
    """
    owner = os.geteuid() if owner is None else owner
    folder = PLACE / f"openletter-{owner}-{fingerprint(base)}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if owner != os.geteuid():
            os.chown(folder, owner, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise CommandError(f"{folder} is not private to us: somebody else made it; remove it.")
    return folder


def remove_socket_folder(folder: Path) -> None:
    """Remove what socket_folder() made, unless a server of somebody else's is already using it."""
    with suppress(OSError):
        folder.rmdir()
