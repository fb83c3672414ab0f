"""Signs within a paragraph: when they are markup, and when they are text like all others.

A sign that people also write without thinking of Markdown (`Lehrer*innen`, `2*3*4`, `geht`s`) is
markup only where it cannot be meant otherwise; else it stays.
"""

from __future__ import annotations

import re
import unicodedata

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as commonmark_link
from markdown_it.rules_inline.state_inline import Delimiter

# The signs that mean something here, and so may have to be told that they mean nothing: within a
# line, at its beginning, and behind the number at its beginning.
MEAN_SOMETHING = frozenset("*_~[]")
_BEGIN_SOMETHING = frozenset("#>-")
_NUMBER = re.compile(r"\d{1,9}\Z")
# Scripts that put no spaces between words (or, as Korean, none before an ending), so that stress
# within what looks like one word is nothing unusual. Only two stars stress there: one star stands
# for a hidden character of a name.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u30ff\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff01-\uffee\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_TILDES = 2
_NAME_GOES_ON = re.compile(r"\.[^\W_]")
# What begins to be stressed is a word, perhaps in quotation marks: not the star in `(*)`.
_WORD_FOLLOWS = re.compile(r"(?:(?!\s)[\W_]){0,20}[^\W_]")
_ADDRESS_ENDS = r"\s<>\[\]{}|\\^`\"„“”«»‹›「」『』（）、。，；：！？،؛؟"
_WEB = re.compile(rf"//[^{_ADDRESS_ENDS}]+")
_MAILBOX = re.compile(rf"[^{_ADDRESS_ENDS}@]{{1,64}}@[^{_ADDRESS_ENDS}@]{{1,255}}")
_SCHEME = re.compile(r"(?<![A-Za-z0-9À-ɏ])(https?|mailto)\Z", re.IGNORECASE)
_LONGEST_SCHEME = len("mailto")
# Whoever writes more between "[" and "](" means no link. It is a bound for what reading costs.
_LONGEST_WORDS = 1_000
_ENDS_NO_ADDRESS = ".,:;!?'’*_~…"


# --- Stress -------------------------------------------------------------------------------------


def stress(state: StateInline, silent: bool) -> bool:
    """`*` and `_` stress what stands between them, but not within a word."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    length, opens, closes = _run(state)
    for _sign in range(length):
        _push_delimiter(state, marker, length, opens=opens, closes=closes)
    state.pos += length
    return True


def strike(state: StateInline, silent: bool) -> bool:
    """Two tildes strike through what stands between them, but not within a word."""
    if silent or state.src[state.pos] != "~":
        return False
    length, opens, closes = _run(state)
    if length == _TILDES:
        _push_delimiter(state, "~~", 0, opens=opens, closes=closes)
    else:
        state.append_pending("~" * length)
    state.pos += length
    return True


def _push_delimiter(
    state: StateInline, content: str, length: int, *, opens: bool, closes: bool
) -> None:
    token = state.push("text", "", 0)
    token.content = content
    place = len(state.tokens) - 1
    state.delimiters.append(Delimiter(ord(content[0]), length, place, -1, opens, closes))


def _run(state: StateInline) -> tuple[int, bool, bool]:
    """Return how many signs follow one another, and if they may begin or end something."""
    marker, start, end = state.src[state.pos], state.pos, state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    before = state.src[start - 1] if start else " "
    after = state.src[end] if end < state.posMax else " "
    if _NAME_GOES_ON.match(state.src, end, state.posMax):
        after = "x"  # as in `__init__.py`
    in_word = marker == "*" and end - start > 1 and is_unspaced(before, after)
    opens = _opens(before, after, in_word) and bool(_WORD_FOLLOWS.match(state.src, end))
    return end - start, opens, _closes(before, after, in_word)


def _opens(before: str, after: str, in_word: bool) -> bool:
    if after.isspace() or after in ")]},;:!?":
        return False
    if before.isspace():
        return True
    if _is_punctuation(before):
        # A star in quotation marks is a star, and `/*innen` is an ending.
        return before in "([{" or (before not in "/:" and not _is_punctuation(after))
    return in_word and (after in "([{（「『《" or not _is_punctuation(after))


def _closes(before: str, after: str, in_word: bool) -> bool:
    if before.isspace() or before in "([{":
        return False
    return after.isspace() or (_is_punctuation(after) and after != "/") or in_word


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS"


def is_unspaced(before: str, after: str) -> bool:
    """Say whether one of two signs belongs to a script that puts no spaces between words."""
    return bool(_UNSPACED.match(before) or _UNSPACED.match(after))


# --- Links --------------------------------------------------------------------------------------


def link(state: StateInline, silent: bool) -> bool:
    """`[words](https://…)` is a link; without words, or behind a `!`, it is text.

    What is written behind the words is kept with the token, for whoever counts the signs.
    """
    start = state.pos
    if state.src[start] != "[" or state.src.find("](", start, start + _LONGEST_WORDS) < 0:
        return False
    if start and state.src[start - 1] == "!":
        return False
    end = state.md.helpers.parseLinkLabel(state, start, True)
    if end < 0 or not state.src[start + 1 : end].strip() or not commonmark_link(state, silent):
        return False
    if not silent:
        state.tokens[-1].meta["written"] = state.src[end : state.pos]
    return True


def address(state: StateInline, silent: bool) -> bool:
    """An address that is written out is a link, and no sign in it means anything else."""
    colon = state.pos
    if state.src[colon] != ":" or state.linkLevel:
        return False
    scheme = _SCHEME.search(state.src, max(0, colon - _LONGEST_SCHEME - 1), colon)
    if scheme is None:
        return False
    pattern = _MAILBOX if scheme[1].lower() == "mailto" else _WEB
    rest = pattern.match(state.src, colon + 1, state.posMax)
    written = scheme[1] + ":" + _without_end(rest[0]) if rest else ""
    href = state.md.normalizeLink(written)
    if not state.md.validateLink(href):
        return False
    if not silent:
        if not state.pending.endswith(scheme[1]):
            return False
        state.pending = state.pending[: -len(scheme[1])]
        token = state.push("link_open", "a", 1)
        token.attrs, token.markup = {"href": href}, "address"
        state.push("text", "", 0).content = written
        state.push("link_close", "a", -1).markup = "address"
    state.pos += len(written) - len(scheme[1])
    return True


def _without_end(address: str) -> str:
    """Leave the sentence's own signs behind an address to the sentence."""
    unopened = address.count(")") - address.count("(")
    end = len(address)
    while end:
        if address[end - 1] == ")" and unopened > 0:
            unopened -= 1
        elif address[end - 1] not in _ENDS_NO_ADDRESS:
            break
        end -= 1
    return address[:end]


# --- Escapes ------------------------------------------------------------------------------------


def escape(state: StateInline, silent: bool) -> bool:
    """A backslash makes text of a sign that could be markup, and is text before all others."""
    sign = state.src[state.pos + 1 : state.pos + 2]
    if state.src[state.pos] != "\\" or not sign or not _may_be_markup(state, sign):
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = sign, f"\\{sign}", "escape"
    state.pos += 2
    return True


def _may_be_markup(state: StateInline, sign: str) -> bool:
    if sign in MEAN_SOMETHING:
        return True
    if sign not in _BEGIN_SOMETHING and sign != ".":
        return False
    line_before = state.src[state.src.rfind("\n", 0, state.pos) + 1 : state.pos].lstrip()
    return bool(_NUMBER.match(line_before)) if sign == "." else not line_before
