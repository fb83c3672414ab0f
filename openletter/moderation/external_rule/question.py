"""What the other program is told: these fields leave the machine, and nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Occasion(StrEnum):
    """Why it is asked; the `type` of what is sent."""

    CONFIRM = "signature.confirm"  # somebody presses the button
    CORRECT = "signature.correct"  # somebody changes the words of a signature that counts


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody is about to put their name to."""

    letter: str  # its slug
    kind: str  # "person" or "organisation"
    name: str
    represented_by: str  # who signs for an organisation
    title: str
    affiliation: str
    comment: str
    email_domain: str
    email: str | None = None  # only if EXTERNAL_RULE_SENDS_ADDRESSES

    def as_json(self, occasion: Occasion, now: datetime) -> str:
        told = {name: value for name, value in asdict(self).items() if value is not None}
        at = now.astimezone(UTC).isoformat(timespec="seconds")
        return json.dumps({"type": occasion, "timestamp": at, "data": told}, ensure_ascii=False)
