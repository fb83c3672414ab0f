"""The first words of a text in one line: for search engines, other sites, and lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from openletter.letters.markup import signs

# Up to the next tag; an attribute may hold a ">" in its quotation marks.
_PIECES = re.compile(r'</?([a-z0-9]+)(?:[^>"]|"[^"]*")*>|([^<]+)')
_BLOCKS = frozenset({"p", "h2", "h3", "h4", "li", "blockquote", "pre", "td", "th", "tr"})
# Between what is not one sentence: headings, items, the lines of an address.
_APART = " · "
_CLOSERS = "\"'”“’‘»«›‹)]*」』）"
_ENDS = ".!?…:;,。！？：；，、؟،؛।"
# A line that is shorter was meant as one; a longer one is a paragraph that a mail program broke.
_SHORT_LINE = 45


def excerpt(html: str, *, length: int = 200) -> str:
    """Return the first words of a rendered text as plain text, and no half word."""
    text = ""
    for separator, words in _lines(html):
        text += (separator if text else "") + words
        if len(text) > length:
            return _cut(text, length)
    return text


def _lines(html: str) -> Iterator[tuple[str, str]]:
    """Return the text line by line, each with what belongs between it and the one before it."""
    before = line = ""
    is_new_block = False
    for piece in _PIECES.finditer(html):
        tag, text = piece.groups()
        if text:
            line += text
        elif tag == "br" or tag in _BLOCKS:
            if words := " ".join(unescape(line).split()):
                yield _between(before, is_new_block=is_new_block), words
                before, is_new_block = words, False
            line = ""
            is_new_block = is_new_block or tag != "br"
    if words := " ".join(unescape(line).split()):
        yield _between(before, is_new_block=is_new_block), words


def _between(before: str, *, is_new_block: bool) -> str:
    is_sentence = before.rstrip(_CLOSERS)[-1:] in _ENDS
    is_broken_line = not is_new_block and len(before) >= _SHORT_LINE
    return " " if is_sentence or is_broken_line else _APART


def _cut(text: str, length: int) -> str:
    end = next((place for place in range(length, 0, -1) if _is_boundary(text, place)), length)
    return text[:end].rstrip(" ·") + " …"


def _is_boundary(text: str, place: int) -> bool:
    """Say whether a word ends here, or a sign of a script that puts no spaces between words."""
    before, after = text[place - 1], text[place]
    if after == " ":
        return True
    return (
        before != " "
        and signs.is_unspaced(before, before)
        and unicodedata.category(after)[0] not in "MP"
    )
