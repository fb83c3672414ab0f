"""Folders that live as long as the process that made them, even if it was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from runner.locks import Claim

PREFIX = "openletter-throwaway-"


class ThrowawayFolder:
    """A temporary folder. Making one also removes those of processes that have gone."""

    def __init__(self) -> None:
        place = Path(tempfile.gettempdir()).resolve()
        for other in place.glob(f"{PREFIX}*"):
            _remove_if_abandoned(other)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        # The server's user has to pass through; what is private below has modes of its own.
        self.path.chmod(0o711)
        self._claim = Claim(self.path / "claim")
        self._claim.take()

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._claim.release()


def _remove_if_abandoned(folder: Path) -> None:
    try:
        if folder.lstat().st_uid != os.geteuid() or not (folder / "claim").exists():
            return  # somebody else's, or being made right now
        abandoned = Claim(folder / "claim")
        if abandoned.take():
            shutil.rmtree(folder, ignore_errors=True)
            abandoned.release()
    except OSError:
        return  # another call was faster
