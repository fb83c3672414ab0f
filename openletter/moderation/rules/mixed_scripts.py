"""Hold words that mix look-alike alphabets: "Аlice" with a Cyrillic А is nobody's name.

Names are judged word by word: "Иван Петров (Ivan Petrov)" and "Пётр Иванов II" are ordinary. A
word may be what Unicode TR39 calls "moderately restrictive": in one script, in Latin and one other,
or in Latin and those of Chinese, Japanese or Korean. Cyrillic, Greek and Armenian are not among the
others, because their letters look like Latin ones, and nor are scripts that few use.

A person's name as a whole may be in Latin and one other, whatever it is. An organisation's name and
an affiliation may have words of any: an institute may well have a name in two alphabets.
"""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from openletter.lib.people.scripts import scripts, words
from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "mixed scripts"
NAME = _("mixed alphabets")
SAYS = _("The name mixes letters from several alphabets.")
CLEARED_BY = _("Read it letter by letter: it is honest if nobody else’s name is meant.")
MODE = Mode.HOLD
AMOUNT = None

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


def objects(candidate: Candidate, _setting: Setting) -> bool:
    names = (candidate.name, candidate.represented_by)
    if any(unicodedata.name(char, "").startswith(_STYLED) for name in names for char in name):
        return True
    judged = (word for text in (*names, candidate.affiliation) for word in words(text))
    return not (
        all(_may_be_one_word(scripts(word)) for word in judged)
        and _may_be_one_name(scripts(candidate.person))
    )


def _may_be_one_word(found: set[str]) -> bool:
    if len(found) < 2 or any(found <= group for group in _TOGETHER):
        return True
    others = found - {"LATIN"}
    return len(others) == 1 and others <= _BESIDE_LATIN


def _may_be_one_name(found: set[str]) -> bool:
    return len(found - {"LATIN"}) < 2 or any(found <= group for group in _TOGETHER)
