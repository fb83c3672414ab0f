"""A Markdown text as paragraphs, headings and items, in words as they were written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from openletter.letters import words
from openletter.letters.words import Word

# What comes after that many is one long paragraph, so that comparing and showing have a bound.
MOST = 2_000

_BULLETS = dict.fromkeys("-*+", "–")
_MARK = re.compile(r"#{1,6}|[-*+]|\d{1,9}[.)]")


class Look(StrEnum):
    TITLE = "title"
    ADDRESSEE = "addressee"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    PLAIN = "plain"


@dataclass(frozen=True)
class Paragraph:
    """Some words of a text, and the mark before them that says what they are.

    It is a dash for every bullet, since all of them look alike.
    """

    look: Look
    mark: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.mark} {self.text}" if self.mark else self.text

    @cached_property
    def words(self) -> list[Word]:
        is_plain = self.look in {Look.TITLE, Look.ADDRESSEE}
        return words.split_plain(self.text) if is_plain else words.split(self.text)

    @property
    def shown_mark(self) -> str:
        """What a reader sees before an item; headings and quotes are known by their look."""
        return self.mark if self.look is Look.ITEM else ""


def of_markdown(markdown: str) -> list[Paragraph]:
    """Split a text at blank lines, and before lines that begin a heading, an item or a quote.

    No word is lost, whatever Markdown would make of it: an address behind a link is text too. Code
    is read like all other text.
    """
    found: list[list[str]] = []
    is_over = True
    for line in markdown.splitlines():
        parts = line.split()
        is_blank = set(parts) <= {">"}
        begins = not is_blank and (is_over or bool(_mark_of(parts)))
        if begins and len(found) < MOST:
            found.append(parts)
        elif not is_blank:
            found[-1] += parts
        is_over = is_blank or parts[0].startswith("#")
    return [_paragraph(parts) for parts in found]


def _paragraph(parts: list[str]) -> Paragraph:
    mark = _mark_of(parts)
    looks = {"#": Look.HEADING, ">": Look.QUOTE, "": Look.PLAIN}
    text = " ".join(parts).removeprefix(mark).lstrip(" ")
    return Paragraph(looks.get(mark[:1], Look.ITEM), _BULLETS.get(mark, mark), text)


def _mark_of(parts: Sequence[str]) -> str:
    if parts[0].startswith(">"):
        return ">"
    return parts[0] if len(parts) > 1 and _MARK.fullmatch(parts[0]) else ""
