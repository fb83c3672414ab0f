"""Markdown as plain text, for the part of a mail that everything can show.

Markdown reads well as it is; only its links and marks would puzzle a reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.tree import SyntaxTreeNode

from openletter.letters.markup import parser


def of_markdown(markdown: str) -> str:
    """Return paragraphs, lists and quotes as text; a link's address follows its words in <>."""
    return _blocks(SyntaxTreeNode(parser.parse(markdown)).children)


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "\n\n".join(filter(None, (_block(node) for node in nodes)))


def _block(node: SyntaxTreeNode) -> str:
    if node.type in {"paragraph", "heading"}:
        return _words(node)
    if node.type in {"bullet_list", "ordered_list"}:
        return "\n".join(_item(item) for item in node.children)
    if node.type == "blockquote":
        return _under(_blocks(node.children), first="> ", rest="> ")
    if node.type == "hr":
        return "* * *"
    if node.type == "tr":
        return " | ".join(_words(cell) for cell in node.children)
    if node.type == "table":
        return "\n".join(_block(row) for part in node.children for row in part.children)
    return _blocks(node.children)


def _item(node: SyntaxTreeNode) -> str:
    mark = f"{node.info}. " if node.info else "- "
    return _under(_blocks(node.children), first=mark, rest=" " * len(mark))


def _under(text: str, *, first: str, rest: str) -> str:
    """Put a mark before the first line, and another before all others."""
    lines = text.split("\n")
    marked = [first + lines[0], *(rest + line for line in lines[1:])]
    return "\n".join(line.rstrip() for line in marked)


def _words(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return node.content
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    words = "".join(_words(child) for child in node.children)
    if node.type == "s":  # else what was taken back would read as said
        return f"~~{words}~~"
    if node.type == "link":
        address = str(node.attrs["href"])
        is_written = node.markup == "address" or words in {address, address.removeprefix("mailto:")}
        return words if is_written else f"{words} <{address}>"
    return words
