"""Hold names that mix look-alike alphabets: "Аlice" with a Cyrillic А is nobody's name.

Unicode TR39 calls a mix of Latin with Cyrillic or Greek "minimally restrictive"; Latin beside
Chinese, Japanese or Korean is ordinary and passes.
"""

from __future__ import annotations

import unicodedata

from openletter.lib.names import scripts
from openletter.moderation.candidate import Candidate

REASON = "mixed scripts"

_LOOK_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}


# Letters that were made for formulas and old printers, and look like Latin ones.
_STYLED = ("MATHEMATICAL ", "FULLWIDTH LATIN ", "DOUBLE-STRUCK ", "SCRIPT ", "BLACK-LETTER ")


def holds(candidate: Candidate) -> bool:
    if any(unicodedata.name(char, "").startswith(_STYLED) for char in candidate.name):
        return True
    return any(
        len(scripts(word) & _LOOK_ALIKE) > 1
        for text in (candidate.name, candidate.affiliation)
        for word in text.split()
    )
