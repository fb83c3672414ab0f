"""The lines of a text as its readers see them, for whoever looks for signs in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from markdown_it.token import Token

# Stands for an escaped sign: that is meant as text, so nobody should find it.
ESCAPED = "\ufffc"
_LONGEST_QUOTE = 40


class Line(NamedTuple):
    """What is seen of a line; `number` is from 0 on."""

    number: int
    text: str


def lines_of(token: Token) -> Iterator[Line]:
    """Return the lines of a token from `parse_signs`, if it is a paragraph or the like."""
    if token.type != "inline" or not token.map:
        return
    text, last = "", token.map[0]
    for number, child in parts_of(token):
        if number != last:
            yield Line(last, text)
            text, last = "", number
        text += ESCAPED if child.type == "text_special" else child.content
    yield Line(last, text)


def parts_of(token: Token) -> Iterator[tuple[int, Token]]:
    """Return the parts of a token from `parse_signs`, each with the number of its line."""
    if token.type != "inline" or not token.map:
        return
    number = token.map[0]
    for child in token.children or []:
        number += child.type in {"softbreak", "hardbreak"}
        yield number, child
        number += str(child.meta.get("written", "")).count("\n")  # in the address of a link


def short(text: str) -> str:
    """Return a part of a text as it is quoted in a sentence."""
    text = text.replace(ESCAPED, "")
    if len(text) <= _LONGEST_QUOTE:
        return text
    begun = text[: _LONGEST_QUOTE + 1]
    whole, space, _rest = begun.rpartition(" ")
    # Not every language has spaces, and an address has none.
    return (whole.rstrip() if space and len(whole) > _LONGEST_QUOTE // 2 else begun[:-1]) + "…"
