"""Signs that are taken as markup and so not shown, where their author may have meant text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from markdown_it.token import Token

from openletter.letters.markup import parser, signs
from openletter.letters.markup.lines import lines_of, parts_of, short

# --- Numbers --------------------------------------------------------------------------------------


def in_numbers(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    lasts: list[int] = []
    for token in tokens:
        if token.type == "ordered_list_open":
            lasts.append(-1)
        elif token.type == "ordered_list_close":
            lasts.pop()
        elif token.type == "list_item_open" and token.info and token.map:
            number = int(token.info)
            if number == lasts[-1]:
                sentence = _(
                    "The number “%(number)d.” comes a second time here, and is shown like that."
                )
                yield token.map[0], sentence % {"number": number}
            lasts[-1] = number


# --- Stress and links -----------------------------------------------------------------------------

_LONE_STAR = re.compile(r"(?<=\w)(?<!\*)\*(?![\w*])|(?<![\w*])\*(?=\w)")
_MOST_PARTS = 1_000  # between two stars that are looked at together


def in_stress(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        is_alone = any(_LONE_STAR.search(line.text) for line in lines_of(token))
        children = token.children or []
        for place, (number, child) in enumerate(parts_of(token)):
            if child.nesting < 1 or child.markup not in {"*", "**"}:
                continue
            words, behind = _stressed(children, place)
            if child.markup == "*" and is_alone:
                sentence = _(
                    "The asterisks here are not all in pairs: two of them disappear and emphasise"
                    " “%(words)s”. To show an asterisk as such, write \\*."
                )
                yield number, sentence % {"words": short(words)}
            elif child.markup == "**" and _is_within_word(children, place, behind):
                sentence = _(
                    "“**” disappears and makes “%(words)s” bold. If it stands for left-out"
                    " letters, write \\*\\*."
                )
                yield number, sentence % {"words": short(words)}


def _stressed(children: Sequence[Token], place: int) -> tuple[str, str]:
    """Return the words that are stressed from here on, and the sign behind them."""
    words, level = "", 0
    for child in children[place : place + _MOST_PARTS]:
        if level == 0 and words:
            return words, child.content[:1]
        level += child.nesting if child.tag in {"strong", "em"} else 0
        words += child.content
    return words, ""


def _is_within_word(children: Sequence[Token], place: int, behind: str) -> bool:
    before = children[place - 1].content[-1:] if place else ""
    return any(signs.is_unspaced(sign, sign) for sign in (before, behind) if sign)


def in_links(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        for number, child in parts_of(token):
            if "title" in child.attrs:
                sentence = _(
                    "Only people who point at the link with a mouse see “%(title)s”. Put it into"
                    " the text itself."
                )
                yield number, sentence % {"title": short(str(child.attrs["title"]))}


# --- Quotations -----------------------------------------------------------------------------------

_MORE_THAN = re.compile(r"[ \t>]*>[ \t]?(?=[\d€$£¥])(?!\d{1,9}[.)]\s)")


def in_quotations(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    quotes = 0
    for token in tokens:
        quotes += token.nesting if token.tag == "blockquote" else 0
        if not quotes or token.type != "inline" or not token.map:
            continue
        for number in range(*token.map):
            if _MORE_THAN.match(lines[number]):
                sentence = _(
                    "“>” turns this line into a quotation and disappears. If it means “more"
                    " than”, write \\>."
                )
                yield number, sentence


# --- Escapes --------------------------------------------------------------------------------------

# In a longer paragraph a backslash is named without a try, for what the try costs.
_LONGEST_TRIED = 5_000


def in_escapes(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        needed = _needed(token)
        place = 0
        for number, child in parts_of(token):
            if child.type != "text_special":
                continue
            place = token.content.index(child.markup, place)
            is_twice = place > 0 and token.content[place - 1] == "\\"
            # Nobody begins a line with a backslash who means it to be seen.
            may_be_seen = child.content in signs.MEAN_SOMETHING and not is_twice
            if may_be_seen and child.markup not in needed:
                sentence = _(
                    "“%(written)s” appears as “%(sign)s”. To show the backslash, type it twice."
                )
                yield number, sentence % {"written": child.markup, "sign": child.content}
            place += len(child.markup)


def _needed(token: Token) -> set[str]:
    """Return the escapes of a paragraph without which their signs would be markup."""
    if len(token.content) > _LONGEST_TRIED:
        return set()
    escapes = {
        (part.markup, part.content) for _n, part in parts_of(token) if part.type == "text_special"
    }
    shape = _shape(token.content) if escapes else []
    return {
        markup for markup, sign in escapes if _shape(token.content.replace(markup, sign)) != shape
    }


def _shape(paragraph: str) -> list[tuple[str, str]]:
    tokens = parser.parse(paragraph)
    parts = (part for token in tokens for part in [token, *(token.children or [])])
    return [(part.type, "" if part.type == "inline" else part.content) for part in parts]
