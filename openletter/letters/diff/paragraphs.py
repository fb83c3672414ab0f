"""A Markdown text as paragraphs, headings and items, in words as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from markdown_it.token import Token

from openletter.letters.diff import words
from openletter.letters.diff.words import Word
from openletter.letters.markup import parser

# What comes after that many is one long paragraph, so that comparing and showing have a bound.
MOST = 2_000

_BULLET = "–"
_RULE = "* * *"


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

    @property
    def key(self) -> str:
        """What two paragraphs have in common that say the same, wherever their lines end."""
        return self.whole.replace("\n", " ")

    @cached_property
    def words(self) -> list[Word]:
        is_plain = self.look in {Look.TITLE, Look.ADDRESSEE}
        return words.split_plain(self.text) if is_plain else words.split(self.text)

    @property
    def shown_mark(self) -> str:
        """What a reader sees before an item; headings and quotes are known by their look."""
        return self.mark if self.look is Look.ITEM else ""


def of_markdown(markdown: str) -> list[Paragraph]:
    """Split a text into what its readers see as paragraphs, headings, items and rows.

    They are found by the same rules as in its HTML, but not a word is lost: an address behind a
    link is text too.
    """
    found = list(_paragraphs(markdown))
    if len(found) > MOST:
        rest = "\n".join(one.whole for one in found[MOST - 1 :])
        found[MOST - 1 :] = [Paragraph(Look.PLAIN, "", rest)]
    return found


def _paragraphs(markdown: str) -> Iterator[Paragraph]:
    quotes = 0
    heading = item = ""
    tokens = iter(parser.parse_blocks(markdown))
    for token in tokens:
        if token.tag == "blockquote":
            quotes += token.nesting
        elif token.type == "heading_open":
            heading = token.markup
        elif token.type == "list_item_open":
            item = f"{token.info}." if token.info else _BULLET
        elif token.type == "tr_open":
            yield Paragraph(Look.PLAIN, "", " | ".join(_cells(tokens)))
        elif token.type == "hr":
            yield Paragraph(Look.PLAIN, "", _RULE)
        elif token.type == "inline":
            yield _paragraph(token.content, heading=heading, item=item, is_quote=quotes > 0)
            heading = item = ""


def _cells(tokens: Iterator[Token]) -> Iterator[str]:
    """Return the cells of a row up to its end."""
    for token in tokens:
        if token.type == "tr_close":
            return
        if token.type == "inline":
            yield token.content


def _paragraph(content: str, *, heading: str, item: str, is_quote: bool) -> Paragraph:
    text = "\n".join(" ".join(line.split()) for line in content.split("\n"))
    if heading:
        return Paragraph(Look.HEADING, heading, text)
    if is_quote:
        return Paragraph(Look.QUOTE, ">", f"{item} {text}" if item else text)
    return Paragraph(Look.ITEM if item else Look.PLAIN, item, text)
