"""Keep what a run that went wrong left behind, so that somebody can see why."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from runner.locations import var_folder
from runner.servers.postgres_files import programs


def keep(folder: Path, *, database_url: str | None, seed: int) -> Path:
    """Copy the journals and logs, and dump the database while it runs; return where to look."""
    kept = var_folder() / "chaos" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-seed-{seed}"
    kept.mkdir(parents=True)
    for file in folder.glob("*.*"):
        if file.is_file():
            shutil.copy(file, kept)
    shutil.copytree(folder / "log", kept / "log", dirs_exist_ok=True)
    if database_url:
        dump: list[str | Path] = [programs(None) / "pg_dump", "--no-owner", database_url]
        subprocess.run([*dump, "--file", kept / "database.sql"], check=False)
    return kept
