"""A letter's Markdown: to safe HTML, and to the canonical text whose hash is signed."""

from __future__ import annotations

import hashlib
import unicodedata

import nh3
from markdown_it.token import Token

from openletter.letters.markup import parser

_TAGS = {
    "p",
    "br",
    "h2",
    "h3",
    "h4",
    "strong",
    "em",
    "s",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "li": {"value"}}
_SCHEMES = {"http", "https", "mailto"}


def _shift_headings(tokens: list[Token]) -> None:
    """The page's own title is h1, so a letter's highest headings are h2 and its lowest h4."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1:]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1:]) - highest + 2, 4)}"


def to_html(markdown: str) -> str:
    """Return HTML that is safe to show whoever wrote the Markdown."""
    reader = parser.reader()
    tokens = reader.parse(markdown)
    _shift_headings(tokens)
    html = reader.renderer.render(tokens, reader.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow ugc noopener noreferrer",
    )


def canonical(*, title: str, addressee: str, markdown: str) -> str:
    """Return the text that a signature belongs to: NFC, LF line ends, no trailing spaces."""
    text = f"{title}\n\n{addressee}\n\n{markdown}"
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip() + "\n"


def fingerprint(*, title: str, addressee: str, markdown: str) -> str:
    """Return the SHA-256 of the canonical text in hex."""
    text = canonical(title=title, addressee=addressee, markdown=markdown)
    return hashlib.sha256(text.encode()).hexdigest()
