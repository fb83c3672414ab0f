"""Whether a text is shown as a whole: every sign is text, or markup that does something.

This knows nothing of what is markup and why. It puts together again what a text was taken apart
into, and compares: so it finds, too, what nobody thought of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

from openletter.letters.markup import parser

# What stands before the words of a line: quotations, items, a heading.
_MARKS = re.compile(r"(?:>|[-*]|\d{1,9}\.)*#{0,6}\Z")
_NO_WORDS = re.compile(r"[>*-]*\Z")
_UNSEEN = re.compile(r"[\s\\]+")


def lines_not_shown(markdown: str, tokens: Sequence[Token]) -> list[int]:
    """Return the lines, from 0 on, of which a part is lost; `tokens` are from `parse_signs`."""
    lines = parser.lines_of(markdown)
    shown: set[int] = set()
    lost: set[int] = set()
    for token in tokens:
        if token.map and token.type in {"hr", "table_open"}:
            # The second line of a table says only how many columns it has.
            shown.add(token.map[0] + (token.type == "table_open"))
    for start, paragraph in _leaves(tokens):
        for number, text in enumerate(paragraph, start):
            shown.add(number)
            if not _is_whole(lines[number], text):
                lost.add(number)
    unread = {number for number, line in enumerate(lines) if not _NO_WORDS.match(_seen(line))}
    return sorted(lost | (unread - shown))


def _leaves(tokens: Iterable[Token]) -> Iterator[tuple[int, list[str]]]:
    """Return the lines of each paragraph, heading and row, put together from their tokens."""
    row: list[Token] | None = None
    for token in tokens:
        if token.tag == "tr":
            if row and row[0].map:
                yield row[0].map[0], ["".join(_written(cell) for cell in row)]
            row = [] if token.nesting > 0 else None
        elif token.type == "inline" and row is not None:
            row.append(token)
        elif token.type == "inline" and token.map:
            yield token.map[0], _written(token).split("\n")


def _written(token: Token) -> str:
    return "".join(_signs_of(child) for child in token.children or [])


def _signs_of(child: Token) -> str:
    if child.type in {"softbreak", "hardbreak"}:
        return "\n"
    if child.tag == "a":
        if child.markup == "address":
            return ""
        return "[" if child.nesting > 0 else str(child.meta.get("written", ""))
    return child.content if child.type in {"text", "text_special"} else child.markup


def _is_whole(line: str, shown: str) -> bool:
    written, found = _seen(line), _seen(shown)
    if "|" in written:  # between the cells of a row
        written, found = written.replace("|", ""), found.replace("|", "")
    return written.endswith(found) and bool(_MARKS.match(written.removesuffix(found)))


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text)
