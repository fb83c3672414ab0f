"""What a rule is asked about, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Candidate:
    """What somebody is about to put their name to; rules know no signature."""

    name: str
    title: str
    affiliation: str
    comment: str
    email_domain: str


class Rule(Protocol):
    """A module with one question."""

    REASON: str  # short and stable: it is stored, and shown to moderators

    @staticmethod
    def holds(candidate: Candidate) -> bool:
        """Say whether a person should look before this is public."""
