"""What is drawn on a badge: words, their widths, colours that can be read on each other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.translation import ngettext

from openletter.counters.counts import Numbers
from openletter.letters.queries.letters import LetterView
from openletter.lib.people.characters import visible

STYLES = ("flat", "plain", "large", "progress")
LONGEST_LABEL = 60
_COLOUR = re.compile(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_DARK, _LIGHT = "#17191e", "#ffffff"
_USUAL, _USUAL_LABEL = "1d3f94", "464b55"
# Widths of Verdana at 11 pixels, by kind of sign: near enough, as each text says its length.
_NARROW, _USUAL_WIDTH, _WIDE, _FULL = 4.2, 6.8, 9.0, 11.0


@dataclass(frozen=True)
class Chosen:
    """What whoever shows a badge wants on it, as they wrote it in its address; "" is the usual."""

    label: str = ""
    colour: str = ""
    label_colour: str = ""


@dataclass(frozen=True)
class Colour:
    """A colour, and the one in which words on it can be read."""

    fill: str
    text: str


@dataclass(frozen=True)
class Part:
    """Words of a badge, and how many pixels wide they are at 11 pixels."""

    words: str
    width: int


@dataclass(frozen=True)
class Badge:
    """All that a template draws."""

    label: Part
    message: Part
    colour: Colour
    label_colour: Colour
    said: str  # the whole of it as a sentence, for who hears it
    percent: int | None
    goal: str


def badge_of(letter: LetterView, numbers: Numbers, chosen: Chosen) -> Badge:
    """Return the badge of a letter, in the language that is active."""
    count = localize(numbers.count)
    noun = ngettext("signature", "signatures", numbers.count)
    label = " ".join(visible(chosen.label).split())[:LONGEST_LABEL].strip() or noun
    return Badge(
        label=_part(label),
        message=_part(count),
        colour=_colour(chosen.colour, _USUAL),
        label_colour=_colour(chosen.label_colour, _USUAL_LABEL),
        said=f"{count} {noun}: {letter.title}",
        percent=numbers.percent,
        goal=localize(numbers.goal) if numbers.goal else "",
    )


def _part(words: str) -> Part:
    return Part(words, round(sum(_width(sign) for sign in words)))


def _width(sign: str) -> float:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(sign) in {"W", "F"}:
        return _FULL
    if sign in "iIjlt.,:;!|'’()[] \u202f\xa0":
        return _NARROW
    return _WIDE if sign in "mwMWQO@%&—" else _USUAL_WIDTH


def _colour(asked: str, usual: str) -> Colour:
    found = asked if _COLOUR.fullmatch(asked) else usual
    six = "".join(digit * 2 for digit in found) if len(found) == 3 else found
    return Colour(f"#{six.lower()}", _LIGHT if _luminance(six) < 0.36 else _DARK)


def _luminance(six: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(six[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
