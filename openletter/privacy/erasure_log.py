"""What an erasure leaves in the log, which outlives a database that is restored from a backup.

Anybody can have a line of their own put there, such as by asking for an address that does not
exist. So each of ours carries a seal, and only sealed lines are believed (T58). Logs of several
machines can be read together, through whatever collects them.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from openletter.lib import crypto

log = logging.getLogger(__name__)

_LINE = re.compile(r"erased signature ([0-9a-f-]{36}), counts: (yes|no)(?:, seal: ([0-9a-f]{64}))?")


def write(public_id: UUID, *, counts: bool) -> None:
    """Note that a signature was erased, and whether it goes on counting without a name."""
    said = "yes" if counts else "no"
    log.info("erased signature %s, counts: %s, seal: %s", public_id, said, _seal(public_id, said))


@dataclass
class Read:
    """What logs say: the erased signatures, and how many lines have no seal of this site."""

    counts: dict[str, bool] = field(default_factory=dict)
    unsealed: int = 0


def read(lines: Iterable[str]) -> Read:
    """Return what was erased, as far as it was us who wrote it."""
    found = Read()
    for line in lines:
        for public_id, said, seal in _LINE.findall(line):
            if hmac.compare_digest(seal, _seal(public_id, said)):
                found.counts[public_id] = said == "yes"
            else:
                found.unsealed += 1
    return found


def _seal(public_id: object, counts: str) -> str:
    return crypto.authentication_code("erasure", f"{public_id} {counts}")
