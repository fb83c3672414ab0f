"""Signs at the beginning of a line: when they make a list, a quotation, a heading, a rule.

CommonMark is quick to take them (`1986. `, `>50 %`, `+49 30`, `---` below a line of text). Here
they are text unless several lines, or a space, say that markup is meant.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import blockquote as commonmark_quote
from markdown_it.rules_block import hr as commonmark_rule
from markdown_it.rules_block import list_block as commonmark_list
from markdown_it.rules_block import table as commonmark_table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# `1)` stays as it is, since a list would show `1.`; so do `01.` and years. A `+` is a plus.
MARK = re.compile(r"([-*]|(?:0|[1-9]\d{0,2})\.)([ \t]+)(?=\S)")
_NEXT_ITEM = re.compile(r"(?:[-*]|\d{1,9}\.)(?:[ \t]|\Z)")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_RULE = re.compile(r"(?:[-*][ \t]*){3,}\Z")
_QUOTE = re.compile(r">{1,3}(?:[ \t]|\Z)")
# A list takes two levels, a paragraph one. What is nested deeper would be dropped, so it is text.
_LEVELS_OF_A_BLOCK = 3


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _is_deep(state: StateBlock) -> bool:
    return state.level + _LEVELS_OF_A_BLOCK > int(state.md.options["maxNesting"])


# --- Lists --------------------------------------------------------------------------------------


def list_(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list has two items at least; one line that begins like an item is a line of text."""
    if silent and state.sCount[start] < state.blkIndent:
        return bool(_NEXT_ITEM.match(_text(state, start)))  # of the list that we are in
    if _is_deep(state) or not _goes_on(state, start, end):
        return False
    return commonmark_list(state, start, end, silent)


def _goes_on(state: StateBlock, start: int, end: int) -> bool:
    """Say whether a second item follows what looks like the first one."""
    mark = MARK.match(_text(state, start))
    if mark is None:
        return False
    is_after_blank = False
    for line in range(start + 1, end):
        text = _text(state, line)
        indent = state.sCount[line]
        if not text.strip():
            is_after_blank = True
        elif indent < state.sCount[start] + len(mark[1]) + 1:  # else it belongs to the item
            other = MARK.match(text)
            if other and not _RULE.match(text):
                return other[1][-1] == mark[1][-1] and indent >= state.blkIndent
            if is_after_blank or _RULE.match(text):
                return False
    return False


def end_of_list(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """`01.` or a year ends a list: its number would be shown otherwise, or cut off."""
    text = _text(state, start)
    is_number = bool(_NEXT_ITEM.match(text)) and text[0].isdigit() and not MARK.match(text)
    return silent and state.parentType == "list" and is_number


def keep_numbers(state: StateCore) -> None:
    """Give each item of a numbered list the number that was written, whatever came before."""
    expected: list[int] = []
    for token in state.tokens:
        if token.type == "ordered_list_open":
            expected.append(int(token.attrs.get("start", 1)))
        elif token.type == "ordered_list_close":
            expected.pop()
        elif token.type == "list_item_open" and token.info:
            number = int(token.info)
            if number != expected[-1]:
                token.attrSet("value", str(number))
            expected[-1] = number + 1


# --- Quotations ---------------------------------------------------------------------------------


def quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quotation needs a space behind its sign: `>50 %` is more than half."""
    if not _QUOTE.match(_text(state, start)) or _is_deep(state):
        return False
    return commonmark_quote(state, start, end, silent)


def end_of_quote(state: StateBlock, _start: int, _end: int, silent: bool) -> bool:
    """A line without the sign ends the quotation: the words after it are somebody else's."""
    return silent and state.parentType == "blockquote"


# --- Headings, rules, tables --------------------------------------------------------------------


def heading(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """`# Words` is a heading; the signs behind the words are words, as in `# C #`."""
    text = _text(state, start)
    mark = _HEADING.match(text)
    if mark is None:
        return False
    if not silent:
        tag = f"h{len(mark[1])}"
        state.line = start + 1
        state.push("heading_open", tag, 1).map = [start, state.line]
        state.tokens[-1].markup = mark[1]
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = (
            text[mark.end() :].strip(),
            [start, start + 1],
            [],
        )
        state.push("heading_close", tag, -1).markup = mark[1]
    return True


def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`---` and `***` are rules; a line of `_` is one to write on."""
    return not _text(state, start).startswith("_") and commonmark_rule(state, start, end, silent)


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A row may have more cells than the head; CommonMark would drop them."""
    first = len(state.tokens)
    if _is_deep(state) or not commonmark_table(state, start, end, silent):
        return False
    if not silent:
        state.tokens[first:] = _with_every_cell(state, state.tokens[first:])
    return True


def _with_every_cell(state: StateBlock, tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    row, shown = 0, 0
    for token in tokens:
        if token.type == "tr_open" and token.map:
            row, shown = token.map[0], 0
        elif token.type in {"th_open", "td_open"}:
            shown += 1
        elif token.type == "tr_close":
            for cell in _cells(_text(state, row))[shown:]:
                kept += _cell(cell, row=row, level=token.level + 1)
        kept.append(token)
    return kept


def _cells(row: str) -> list[str]:
    cells = escapedSplit(row.strip())
    first = 1 if cells and not cells[0] else 0
    last = len(cells) - 1 if len(cells) > first and not cells[-1] else len(cells)
    return [cell.strip() for cell in cells[first:last]]


def _cell(text: str, *, row: int, level: int) -> list[Token]:
    return [
        Token("td_open", "td", 1, level=level, block=True),
        Token(
            "inline",
            "",
            0,
            content=text,
            map=[row, row + 1],
            children=[],
            level=level + 1,
            block=True,
        ),
        Token("td_close", "td", -1, level=level, block=True),
    ]
