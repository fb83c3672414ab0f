"""Hold names that mix look-alike alphabets: "Аlice" with a Cyrillic А is nobody's name.

Unicode TR39 calls a mix of Latin with Cyrillic or Greek "minimally restrictive"; Latin beside
Chinese, Japanese or Korean is ordinary and passes.
"""

from __future__ import annotations

from openletter.lib.names import scripts
from openletter.moderation.candidate import Candidate

REASON = "mixed scripts"

_LOOK_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}


def holds(candidate: Candidate) -> bool:
    return any(
        len(scripts(word) & _LOOK_ALIKE) > 1
        for text in (candidate.name, candidate.affiliation)
        for word in text.split()
    )
