"""Locks between processes; the kernel lets go of them even after kill -9."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until nobody else is in here."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        # One call with sudo must not shut the folder's owner out of later ones.
        owner = path.parent.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)
    return handle


class Company:
    """Several processes that use one thing; whoever is to remove it waits for the others."""

    def __init__(self, path: Path) -> None:
        self._handle = _open(path)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def is_alone(self) -> bool:
        """Say whether the others have left; if so, newcomers wait until we leave too."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait_to_be_alone(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def leave(self) -> None:
        os.close(self._handle)


class Claim:
    """A lock that is held for long and carries a line about its holder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Say whether it is ours now."""
        handle = _open(self._path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        self.write("")
        return True

    def write(self, line: str) -> None:
        """Say who holds it; whoever does not get it can read this."""
        if self._handle is None:
            raise ValueError("not taken")
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, line.encode(), 0)

    def holder(self) -> str | None:
        """Return the holder's line, or None when nobody holds it."""
        if not self._path.exists():
            return None
        if self.take():
            self.release()
            return None
        return self._path.read_text()

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
