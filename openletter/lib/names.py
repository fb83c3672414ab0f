"""Words that people type about themselves: tidy them, and refuse what is no name."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.lib import links

MAX_NAME_LENGTH = 100

_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BRAHMIC = (
    "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "KHMER",
)  # fmt: skip
_JOINERS = {"\u200c", "\u200d"}
# Scripts whose spelling needs joiners between letters; elsewhere they only hide differences.
_JOINING = {"ARABIC", "SYRIAC", *_BRAHMIC}
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and marks that print as nothing: Hangul fillers, the grapheme joiner, selectors.
_BLANK = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u034f", "\u17b4", "\u17b5"}
_BLANK |= {chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))}
_BLANK |= {chr(code) for code in range(0xE0100, 0xE01F0)}
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Scripts that stack several marks on one letter in ordinary words.
_STACKING = {"ARABIC", "HEBREW", "SYRIAC", *_BRAHMIC}
_MOST_MARKS = 2
_MOST_MARKS_STACKING = 4


def tidy_line(text: str) -> str:
    """Return the text composed (NFC) on one line, its spaces folded to single ones."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk"} and ord(char) > 0x2000


def _first_word(char: str) -> str:
    """Return the first word of a character's name, which for most letters is their script."""
    return unicodedata.name(char, "").partition(" ")[0]


def _has_hidden_characters(text: str) -> bool:
    for position, char in enumerate(text):
        if char in _JOINERS:
            around = text[position - 1 : position] + text[position + 1 : position + 2]
            if len(around) == 2 and all(_first_word(other) in _JOINING for other in around):
                continue
            return True
        if char in _BIDI or char in _BLANK or unicodedata.category(char) in _REFUSED_CATEGORIES:
            return True
    return False


def _has_too_many_marks(text: str) -> bool:
    marks, most = 0, 0  # a mark needs a letter before it
    for char in text:
        if unicodedata.category(char) in {"Mn", "Me"}:
            marks += 1
            if marks > most:
                return True
        else:
            stacks = _first_word(char) in _STACKING
            marks, most = 0, _MOST_MARKS_STACKING if stacks else _MOST_MARKS
    return False


def _refuse_unprintable(text: str) -> None:
    if _has_hidden_characters(text) or any(_is_emoji(char) for char in text):
        raise ValidationError(
            _("Please use letters only: this contains characters that cannot be shown."),
            code="characters",
        )
    if _has_too_many_marks(text):
        raise ValidationError(
            _("Please use fewer accents on one letter: this cannot be shown well."), code="marks"
        )


def refuse_link(text: str) -> None:
    """Raise `ValidationError` when the text holds a web or e-mail address."""
    if links.holds_address(text):
        raise ValidationError(
            _(
                "Please leave out web and e-mail addresses here. Write a name like “Booking.com”"
                " without its ending, and put a space after a full stop."
            ),
            code="link",
        )


def tidy_name(text: str) -> str:
    """Return a person's or organisation's name, or raise `ValidationError` saying what to do."""
    if len(text) > 4 * MAX_NAME_LENGTH:  # before normalising: it may cost more than linear time
        raise ValidationError(_("Please shorten the name to 100 characters."), code="length")
    name = tidy_line(text)
    if len(name) > MAX_NAME_LENGTH:
        raise ValidationError(_("Please shorten the name to 100 characters."), code="length")
    _refuse_unprintable(name)
    refuse_link(name)
    if name.startswith(("-", "=", "+")) or "<" in name or ">" in name:
        raise ValidationError(
            _("Please write the name without signs such as < > = +."), code="signs"
        )
    letters = sum(unicodedata.category(char)[0] == "L" for char in name)
    digits = sum(char.isdigit() for char in name)
    if not letters or digits > letters:
        raise ValidationError(_("Please write your name in letters."), code="letters")
    return name


def tidy_affiliation(text: str) -> str:
    """Return a title or affiliation on one line, or raise `ValidationError`; may be empty."""
    line = tidy_line(text)
    _refuse_unprintable(line)
    refuse_link(line)
    return line


def tidy_comment(text: str) -> str:
    """Return a comment of one or more lines, or raise `ValidationError`; may be empty."""
    lines = [tidy_line(line) for line in text.replace("\r\n", "\n").split("\n")]
    for line in lines:
        _refuse_unprintable(line)
        refuse_link(line)
    return "\n".join(lines).strip()


# Letters that do not begin their name with their script, and those that belong to none.
_SCRIPTS = {
    "CJK": "HAN", "IDEOGRAPHIC": "HAN", "FEMININE": "LATIN", "MASCULINE": "LATIN",
    "MODIFIER": "", "MICRO": "", "KATAKANA-HIRAGANA": "", "VERTICAL": "",
}  # fmt: skip
_WIDTHS = re.compile(r"^(?:HALF|FULL)WIDTH |^SU(?:PER|B)SCRIPT ")


def scripts(text: str) -> set[str]:
    """Return the writing systems of the letters in a text, without what is common to many."""
    found = set()
    for char in text:
        if unicodedata.category(char)[0] == "L":
            word = _WIDTHS.sub("", unicodedata.name(char, "UNKNOWN")).partition(" ")[0]
            found.add(_SCRIPTS.get(word, word))
    return found - {""}
