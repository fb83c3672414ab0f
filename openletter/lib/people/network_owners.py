"""Whose a network is, and in which country, by files that the operator names (NETWORKS_FILE).

Files in the format of MaxMind, whoever made them. They are read in place, a few bytes for each
question, so they cost no memory; and not mapped into it, because whoever writes a mapped file anew
ends the processes that read from it. One that is missing or broken is as if it knew nothing.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from dataclasses import dataclass
from typing import Any

import maxminddb
from django.conf import settings

from openletter.lib.people.characters import visible
from openletter.lib.people.networks import NOWHERE, Network

log = logging.getLogger(__name__)

LONGEST_NAME = 80
# How often a process looks whether there is another file by now.
_LOOK_EVERY = 60.0  # seconds
# Where those who make such files write who has a network.
_NAMES = ("autonomous_system_organization", "as_name", "organization")

_Reader = Any  # maxminddb's own, which is written in Python where a file is read in place


@dataclass(frozen=True)
class Owner:
    """A country's code, and who has the network; "" where it is not known."""

    country: str = ""
    name: str = ""


NOBODY = Owner()


@dataclass
class _File:
    """A file as it was found when somebody looked last."""

    looked_at: float
    state: tuple[int, ...]
    reader: _Reader | None
    problem: str

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()


_kept: dict[str, _File] = {}


def is_known() -> bool:
    """Say whether the operator names files."""
    return bool(settings.NETWORKS_FILE)


def owner_of(network: Network | None) -> Owner:
    """Return what the files say about a network; `NOBODY` if they do not know it."""
    if network is None or network in NOWHERE:
        return NOBODY
    country = name = ""
    for path in settings.NETWORKS_FILE:
        record = _record(_opened(path), network)
        country = country or _country(record)
        name = name or _name(record)
    return Owner(country, name)


def problems() -> list[str]:
    """Return what is wrong with the files, a sentence each."""
    found = [_look(path) for path in settings.NETWORKS_FILE]
    for file in found:
        file.close()
    return [file.problem for file in found if file.problem]


def forget() -> None:
    """Look at the files anew."""
    for file in _kept.values():
        file.close()
    _kept.clear()


def _opened(path: str) -> _Reader | None:
    kept = _kept.get(path)
    if kept is not None and time.monotonic() - kept.looked_at < _LOOK_EVERY:
        return kept.reader
    found = _look(path, kept)
    if found.problem:
        log.warning("%s", found.problem)
    _kept[path] = found
    if kept is not None and kept.reader is not found.reader:
        kept.close()  # another thread that reads from it learns nothing this once
    return found.reader


def _look(path: str, kept: _File | None = None) -> _File:
    """Open a file, unless it is the one that is open."""
    now = time.monotonic()
    try:
        found = os.stat(path)
        state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        if kept is not None and kept.state == state:
            return _File(now, state, kept.reader, kept.problem)
        if not stat.S_ISREG(found.st_mode):
            return _File(now, state, None, f"NETWORKS_FILE: {path} is no file.")
    except OSError as problem:
        text = f"NETWORKS_FILE: {path} cannot be read ({type(problem).__name__})."
        return _File(now, (), None, text)
    try:
        reader = maxminddb.open_database(path, maxminddb.MODE_FILE)
    except OSError as problem:
        text = f"NETWORKS_FILE: {path} cannot be read ({type(problem).__name__})."
        return _File(now, (), None, text)
    except Exception:  # noqa: BLE001 - whatever a broken file makes of its reader
        return _File(now, state, None, f"NETWORKS_FILE: {path} is no MMDB file, or a broken one.")
    return _File(now, state, reader, "")


def _record(reader: _Reader | None, network: Network) -> dict[str, Any]:
    if reader is None or (network.version == 6 and reader.metadata().ip_version == 4):
        return {}
    try:
        found = reader.get(network.network_address)
    except Exception:  # noqa: BLE001 - it may be broken, or just being written anew
        return {}
    return found if isinstance(found, dict) else {}


def _country(record: dict[str, Any]) -> str:
    found = record.get("country_code") or record.get("country")
    if isinstance(found, dict):
        found = found.get("iso_code")
    is_code = isinstance(found, str) and len(found) == 2 and found.isascii() and found.isalpha()
    return str(found).upper() if is_code else ""


def _name(record: dict[str, Any]) -> str:
    found = next((record[key] for key in _NAMES if record.get(key)), "")
    if not isinstance(found, str):
        return ""
    return " ".join(visible(found).split())[:LONGEST_NAME].strip()
