"""Hold whoever signs by a name that staff watch, until somebody has asked them in another way."""

from __future__ import annotations

from openletter.moderation.candidate import Candidate

REASON = "notable name"


def holds(candidate: Candidate) -> bool:
    return candidate.is_watched
