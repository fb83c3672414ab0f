"""Words that people type about themselves: tidy them, and refuse what is no name.

A person's name is written in letters. What an organisation calls itself may be a number, hold an @
or a sign; titles and affiliations too; a comment may hold whatever can be shown. Nobody may write
the address of a page or a mailbox.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.lib.people import links
from openletter.lib.people.characters import (
    has_too_many_marks,
    is_symbol,
    unshowable,
    visible,
    with_ordinary_widths,
)

MAX_NAME_LENGTH = 100
MAX_TITLE_LENGTH = 100
MAX_AFFILIATION_LENGTH = 150
MAX_COMMENT_LENGTH = 500
# Composing a text (NFC) writes some letters as two or three: Bengali ones, Hebrew with points. Who
# was allowed to type so many letters is not told that they have become too many.
MOST_OF_ONE = 3

_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TATWEEL = "\u0640"  # draws an Arabic word out; it is no letter
_HANDLE = re.compile(r"[@＠]\S+\Z")
_TAG = re.compile(r"<[^<>]*>")


def length_as_typed(text: str) -> int:
    """Return what a browser counts against `maxlength`: UTF-16 units, and one for a line end."""
    return len(_LINE_ENDS.sub("\n", text).encode("utf-16-le", "surrogatepass")) // 2


def tidy_line(text: str) -> str:
    """Return the text composed (NFC) on one line, without invisible signs, spaces folded to one."""
    composed = with_ordinary_widths(unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible(composed))).strip()


def _refuse_too_long(text: str, limit: int, *, tidied: str | None = None) -> None:
    """Refuse what is too long, as typed and as tidied; before tidying what is so by far."""
    typed = length_as_typed(text)
    length = typed if tidied is None else min(typed, len(tidied))
    if length > (limit if tidied is not None else 4 * limit):
        raise ValidationError(
            _("Please shorten this to %(limit)s characters; it now has %(length)s."),
            code="length",
            params={"limit": limit, "length": length},
        )


def _tidied_line(text: str, limit: int) -> str:
    _refuse_too_long(text, limit)  # before normalising: it may cost more than linear time
    line = tidy_line(text)
    _refuse_too_long(text, limit, tidied=line)
    return line


def _refuse_unshowable(text: str) -> None:
    if sign := unshowable(text):
        raise ValidationError(
            _("Please leave out “%(sign)s”: not every device can show this character."),
            code="characters",
            params={"sign": sign},
        )
    if has_too_many_marks(text):
        raise ValidationError(
            _("Please use fewer accents on a single letter: this cannot be displayed well."),
            code="marks",
        )


def _refuse_link(text: str) -> None:
    if links.holds_address(text):
        raise ValidationError(
            _(
                "Please leave out web and e-mail addresses here. A name such as “Booking.com” is"
                " fine, but without “www.” or “https://”, and without anything after a slash."
            ),
            code="link",
        )


def _refuse_signs(name: str) -> None:
    if name.startswith(("-", "=", "+")) or "<" in name or ">" in name:
        raise ValidationError(
            _("Please write the name without characters such as < > = +."), code="signs"
        )
    if sign := next((char for char in name if is_symbol(char)), ""):
        raise ValidationError(
            _("Please leave out “%(sign)s” and write your name in letters."),
            code="characters",
            params={"sign": sign},
        )


def tidy_person_name(text: str) -> str:
    """Return a person's name, or raise `ValidationError` saying what to do."""
    name = _tidied_line(text.replace(_TATWEEL, ""), MAX_NAME_LENGTH)
    _refuse_unshowable(name)
    _refuse_link(name)
    if _HANDLE.match(name):
        raise ValidationError(
            _(
                "Please write your name: “%(handle)s” is an account name and does not say who is"
                " signing."
            ),
            code="handle",
            params={"handle": name},
        )
    _refuse_signs(name)
    letters = sum(_is_letter(char) for char in name)
    digits = sum(char.isdigit() for char in name)
    if not letters or digits > letters:
        raise ValidationError(_("Please write your name in letters."), code="letters")
    return name


def tidy_organisation_name(text: str) -> str:
    """Return what an organisation calls itself, or raise `ValidationError` saying what to do."""
    name = _tidied_line(text.replace(_TATWEEL, ""), MAX_NAME_LENGTH)
    _refuse_unshowable(name)
    _refuse_link(name)
    if name.startswith("=") or _TAG.search(name):
        raise ValidationError(
            _("Please write the name without characters such as < > = +."), code="signs"
        )
    if not any(_is_letter(char) or char.isdigit() for char in name):
        raise ValidationError(
            _("Please write the organisation’s name in letters or digits."), code="letters"
        )
    return name


def _is_letter(char: str) -> bool:
    # An unassigned one is a letter of a newer Unicode: what cannot be shown was refused.
    return unicodedata.category(char)[0] == "L" or (
        unicodedata.category(char) == "Cn" and not is_symbol(char)
    )


def tidy_words(text: str, limit: int) -> str:
    """Return a title, an affiliation or the like on one line, or raise `ValidationError`.

    It may be empty.
    """
    line = _tidied_line(text, limit)
    _refuse_unshowable(line)
    _refuse_link(line)
    return line


def tidy_comment(text: str) -> str:
    """Return a comment of one or more lines, or raise `ValidationError`; may be empty."""
    comment = tidy_message(text, MAX_COMMENT_LENGTH)
    for line in comment.split("\n"):
        _refuse_link(line)
    return comment


def tidy_message(text: str, limit: int) -> str:
    """Return what somebody writes to moderators, in lines; it may hold web addresses."""
    _refuse_too_long(text, limit)
    lines = [tidy_line(line) for line in _LINE_ENDS.sub("\n", text).split("\n")]
    message = "\n".join(lines).strip()
    _refuse_too_long(text, limit, tidied=message)
    for line in lines:
        _refuse_unshowable(line)
    return message
