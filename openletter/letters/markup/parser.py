"""The one reader of a letter's Markdown, for its page, its mails, its differences, its warnings."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from openletter.letters.markup import blocks, signs

# All of these take signs that people mean as text, and show them as something else or not at all:
# HTML and images (an image elsewhere would see every reader), code (four spaces, a backtick for an
# apostrophe), headings by a line below, links whose address stands elsewhere, `&amp;`, `<a@b.org>`.
_NOT_READ = [
    *("html_block", "html_inline", "image", "code", "fence", "backticks"),
    *("lheading", "reference", "entity", "autolink"),
]
# What ends a line in the programs that people paste from: Word and layout programs have their own.
_LINE_ENDS = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_LINK = re.compile(r"https?://[^/?#]|mailto:[^@]+@.", re.IGNORECASE)


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """A link leads to a full address; a relative one would lead astray on this site."""
        return bool(_LINK.match(url))


def lines_of(markdown: str) -> list[str]:
    """Return the lines of a text as they are numbered in warnings, from 0 on."""
    return _LINE_ENDS.sub("\n", markdown).split("\n")


def _normalize(state: StateCore) -> None:
    state.src = "\n".join(lines_of(state.src)).replace("\0", "\ufffd")


def _make_parser() -> _Parser:
    parser = _Parser("commonmark", {"html": False, "typographer": False, "breaks": True})
    parser.disable(_NOT_READ).enable(["table", "strikethrough"])
    block, inline = parser.block.ruler, parser.inline.ruler
    interrupts = ["paragraph", "reference", "blockquote"]
    block.at("list", blocks.list_, {"alt": interrupts})
    block.at("blockquote", blocks.quote, {"alt": [*interrupts, "list"]})
    block.at("hr", blocks.rule, {"alt": [*interrupts, "list"]})
    block.at("heading", blocks.heading, {"alt": interrupts})
    block.at("table", blocks.table, {"alt": ["paragraph", "reference"]})
    block.before("paragraph", "end_of_quote", blocks.end_of_quote, {"alt": ["blockquote"]})
    block.before("paragraph", "end_of_list", blocks.end_of_list, {"alt": ["list"]})
    inline.at("emphasis", signs.stress)
    inline.at("strikethrough", signs.strike)
    inline.at("link", signs.link)
    inline.at("escape", signs.escape)
    inline.before("link", "address", signs.address)
    parser.core.ruler.at("normalize", _normalize)
    parser.core.ruler.after("block", "numbers", blocks.keep_numbers)
    return parser


@lru_cache(maxsize=1)
def reader() -> MarkdownIt:
    return _make_parser()


@lru_cache(maxsize=1)
def _reader_of_blocks() -> MarkdownIt:
    return _make_parser().disable(["inline", "text_join"])


@lru_cache(maxsize=1)
def _reader_of_signs() -> MarkdownIt:
    return _make_parser().disable("text_join")


def parse(markdown: str) -> list[Token]:
    """Return what a text consists of."""
    return reader().parse(markdown)


def parse_blocks(markdown: str) -> list[Token]:
    """Return the paragraphs, lists and the like of a text, without looking into the paragraphs."""
    return _reader_of_blocks().parse(markdown)


def parse_signs(markdown: str) -> list[Token]:
    """Return what a text consists of, with every escaped sign as a token of its own."""
    return _reader_of_signs().parse(markdown)


def parse_inline(paragraph: str) -> list[Token]:
    """Return what one paragraph consists of."""
    (token,) = reader().parseInline(paragraph)
    return token.children or []
