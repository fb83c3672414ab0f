"""The writing systems of a text, and its words, for the rules that look for look-alikes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from openletter.lib.people.characters import is_unassigned_han

# Letters that do not begin their name with their script, and those that belong to none.
_SCRIPTS = {
    "CJK": "HAN", "IDEOGRAPHIC": "HAN", "FEMININE": "LATIN", "MASCULINE": "LATIN",
    "MODIFIER": "", "MICRO": "", "KATAKANA-HIRAGANA": "", "VERTICAL": "",
}  # fmt: skip
_WIDTHS = re.compile(r"^(?:HALF|FULL)WIDTH |^SU(?:PER|B)SCRIPT ")


@lru_cache(maxsize=5_000)
def script(char: str) -> str:
    """Return the writing system of a letter, "" for what is no letter or common to many."""
    if is_unassigned_han(char):
        return "HAN"
    if unicodedata.category(char)[0] != "L":
        return ""
    word = _WIDTHS.sub("", unicodedata.name(char, "UNKNOWN")).partition(" ")[0]
    return _SCRIPTS.get(word, word)


def scripts(text: str) -> set[str]:
    """Return the writing systems of the letters in a text, without what is common to many."""
    return {script(char) for char in text} - {""}


def words(text: str) -> list[str]:
    """Return the words of a text: runs of letters, marks and figures, without all that is between.

    Parentheses, quotes, hyphens and apostrophes end a word; an invisible joiner does not.
    """
    parts = (char if unicodedata.category(char) in _IN_WORDS else " " for char in text)
    return "".join(parts).split()


_IN_WORDS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Cf", "Cn"}
