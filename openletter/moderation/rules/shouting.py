"""Hold names written as no one writes a name: one letter drummed, or a sentence in capitals."""

from __future__ import annotations

import re

from openletter.moderation.candidate import Candidate

REASON = "unlike a name"

_DRUMMED = re.compile(r"(.)\1{3,}", re.IGNORECASE)
_MOST_WORDS = 8


def holds(candidate: Candidate) -> bool:
    return bool(_DRUMMED.search(candidate.name)) or len(candidate.name.split()) > _MOST_WORDS
