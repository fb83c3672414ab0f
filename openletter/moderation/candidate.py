"""What a rule is asked about, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Candidate:
    """What somebody is about to put their name to; rules know no signature.

    An organisation's name is judged otherwise than a person's: it may be long, or a number.
    """

    is_organisation: bool
    name: str
    represented_by: str  # who signs for an organisation
    title: str
    affiliation: str
    comment: str
    email_domain: str
    # Whether the name could be taken for one that staff watch; looked up by whoever asks.
    is_watched: bool = False

    @property
    def person(self) -> str:
        """The name of a person that would be shown, "" if an organisation names none."""
        return self.represented_by if self.is_organisation else self.name


class Rule(Protocol):
    """A module with one question."""

    REASON: str  # short and stable: it is stored, and shown to moderators

    @staticmethod
    def holds(candidate: Candidate) -> bool:
        """Say whether a person should look before this is public."""
