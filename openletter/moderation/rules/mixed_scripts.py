"""Hold names that mix look-alike alphabets: "Аlice" with a Cyrillic А is nobody's name.

A name may be what Unicode TR39 calls "moderately restrictive": in one script, in Latin and one
other, or in Latin and those of Chinese, Japanese or Korean. Cyrillic, Greek and Armenian are not
among the others, because their letters look like Latin ones, and nor are scripts that few use.
Affiliations are judged word by word: an institute may well have a name in two alphabets.
"""

from __future__ import annotations

import unicodedata

from openletter.lib.names import scripts
from openletter.moderation.candidate import Candidate

REASON = "mixed scripts"

_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "BOPOMOFO"},
    {"LATIN", "HAN", "HANGUL"},
)
_BESIDE_LATIN = {
    "ARABIC", "BENGALI", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "HEBREW",
    "KANNADA", "KHMER", "LAO", "MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU",
    "THAANA", "THAI", "TIBETAN",
}  # fmt: skip
# Letters that were made for formulas and old printers, and look like Latin ones.
_STYLED = ("MATHEMATICAL ", "FULLWIDTH LATIN ", "DOUBLE-STRUCK ", "SCRIPT ", "BLACK-LETTER ")


def holds(candidate: Candidate) -> bool:
    if any(unicodedata.name(char, "").startswith(_STYLED) for char in candidate.name):
        return True
    texts = (candidate.name, *candidate.affiliation.split())
    return not all(_may_stand_together(scripts(text)) for text in texts)


def _may_stand_together(found: set[str]) -> bool:
    if len(found) < 2 or any(found <= group for group in _TOGETHER):
        return True
    others = found - {"LATIN"}
    return len(others) == 1 and others <= _BESIDE_LATIN
