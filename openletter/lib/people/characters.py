"""Take out of a text what nobody sees, and find what cannot be shown.

Invisible signs come along when people copy from a chat, a table or a web page. They are removed
without a word, because nobody can be asked to delete what they do not see. A few are a part of the
spelling and stay: joiners in Persian and Indic words, selectors behind an ideograph, and what
makes one emoji of several.
"""

from __future__ import annotations

import re
import unicodedata

_BRAHMIC = (
    "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "KHMER",
)  # fmt: skip
# Scripts whose spelling needs joiners between letters; elsewhere they only hide differences.
_JOINING = {"ARABIC", "SYRIAC", "MONGOLIAN", *_BRAHMIC}
_JOINERS = {"\u200c", "\u200d"}
_VIRAMA = 9  # the combining class of the sign that takes a letter's vowel away
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029\u2800]")  # the last is a blank Braille cell
# Letters and marks that print as nothing: Hangul fillers, the grapheme joiner, Khmer vowels, and
# what stands for a picture that was not pasted.
_BLANK = set("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\ufffc")
_MONGOLIAN_SIGNS = set("\u180b\u180c\u180d\u180e\u180f")
_TEXT_OR_EMOJI = {"\ufe0e", "\ufe0f"}
_KEYCAP = "\u20e3"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
# England, Scotland and Wales are a black flag with tags, which are invisible by themselves.
_TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{4,6}\U000e007f")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDTHS = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f]+")

# Where a Unicode that is newer than Python's has letters and emoji: Han on planes 2 and 3, scripts
# and emoji on plane 1, and the gaps in blocks of living scripts.
_STILL_GROWING = ((0x0800, 0x1CFF), (0xA7C0, 0xA7FF), (0x10000, 0x1FBFF), (0x20000, 0x3FFFD))
_HAN_PLANES = range(0x20000, 0x3FFFE)


def first_word(char: str) -> str:
    """Return the first word of a character's name, which for most letters is their script."""
    return unicodedata.name(char, "").partition(" ")[0]


def is_unassigned_han(char: str) -> bool:
    """Say whether it is an ideograph of a newer Unicode than Python knows."""
    return ord(char) in _HAN_PLANES and unicodedata.category(char) == "Cn"


def is_symbol(char: str) -> bool:
    """Say whether it is an emoji or another picture, also one that Python does not know yet."""
    if unicodedata.category(char) == "Cn":
        return 0x1F000 <= ord(char) <= 0x1FBFF
    if char in _SKIN_TONES or char == _KEYCAP:
        return True
    return unicodedata.category(char) == "So" and char > "\u2000"  # not © and °


def with_ordinary_widths(text: str) -> str:
    """Return full-width letters and figures as ordinary ones, half-width Japanese as full-width."""
    return _WIDTHS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def all_ordinary_widths(text: str) -> str:
    """Return every full-width sign of ASCII, dots and the @ too, as the ordinary one."""
    return text.translate(_FULL_WIDTH)


def without_invisible(text: str) -> str:
    """Return the text without invisible signs, for what is no word of a language."""
    if text.isascii():
        return text
    return "".join(char for char in text if not _is_hidden(char) or char.isspace() or char < " ")


def visible(text: str) -> str:
    """Return the text without what nobody sees; tabs and line breaks become spaces."""
    text = _BREAKS.sub(" ", text)
    if text.isascii() and text.isprintable():
        return text
    flags = {place for found in _TAGGED_FLAG.finditer(text) for place in range(*found.span())}
    kept: list[str] = []
    following = _next_seen(text)
    for place, char in enumerate(text):
        before = kept[-1] if kept else ""
        if place in flags or not _is_hidden(char) or _is_spelling(char, before, following[place]):
            kept.append(char)
    return "".join(kept)


def _next_seen(text: str) -> list[str]:
    """Return for every place the next character behind it that is not hidden, or ""."""
    found, seen = [""] * len(text), ""
    for place in range(len(text) - 1, -1, -1):
        found[place] = seen
        if not _is_hidden(text[place]):
            seen = text[place]
    return found


def _is_hidden(char: str) -> bool:
    return (
        char in _BLANK
        or char in _MONGOLIAN_SIGNS
        or _is_selector(char)
        or unicodedata.category(char) in {"Cc", "Cf"}
    )


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_spelling(char: str, before: str, after: str) -> bool:
    """Say whether an invisible sign belongs where it stands."""
    if not before:
        return False
    if char in _JOINERS:
        return _joins(before, after)
    if char in _TEXT_OR_EMOJI:
        return unicodedata.category(before)[0] == "S" or after == _KEYCAP or before in "‼⁉"
    if _is_selector(char):
        return first_word(before) == "CJK" or is_unassigned_han(before)
    if char in _MONGOLIAN_SIGNS:
        return first_word(before) == "MONGOLIAN"
    return False


def _joins(before: str, after: str) -> bool:
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if not after:
        return False
    if first_word(before) in _JOINING and first_word(after) in _JOINING:
        return True
    return (is_symbol(before) or before == "\ufe0f") and is_symbol(after)


def unshowable(text: str) -> str:
    """Return the first character that nobody can show, "" if there is none.

    Those are private ones, halves of a pair, and places in which Unicode has nothing.
    """
    return next((char for char in text if _cannot_be_shown(char)), "")


def _cannot_be_shown(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cn":
        code = ord(char)
        is_never_one = code & 0xFFFE == 0xFFFE
        return is_never_one or not any(low <= code <= high for low, high in _STILL_GROWING)
    return category in {"Co", "Cs"}


_MOST_MARKS = 2
_MOST_MARKS_OF_A_SCRIPT = 4


def has_too_many_marks(text: str) -> bool:
    """Say whether marks are stacked on a letter as no language stacks them, or stand on none.

    Accents that all scripts share come in twos at most. The vowels, points and subjoined letters
    of a script of its own come in fours, as in ordinary Tibetan or Burmese words.
    """
    marks, most = 0, 0  # a mark needs a letter before it
    for char in text:
        if unicodedata.category(char) in {"Mn", "Me"}:
            marks += 1
            if marks > most:
                return True
        else:
            latin_like = first_word(char) in {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN"}
            stacks = unicodedata.category(char)[0] in "LM" and not latin_like
            marks, most = 0, _MOST_MARKS_OF_A_SCRIPT if stacks else _MOST_MARKS
    return False
