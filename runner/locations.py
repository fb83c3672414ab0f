"""Where things are: the repository, its interpreter, and the folder for everything that runs."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


def var_folder(given: Mapping[str, str] | None = None) -> Path:
    """Return OPENLETTER_VAR, or `var` in the repository; a relative path starts there too."""
    values = os.environ if given is None else given
    return (ROOT / (values.get("OPENLETTER_VAR") or "var")).resolve()


def fingerprint(path: Path) -> str:
    """Return a short name for a folder, for places where its own path would be too long."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
