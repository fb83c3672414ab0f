"""The layout of style sheets: one declaration and one selector a line. `python -m dev.css --write`.

It knows rules, at-rules and comments on lines of their own, and changes nothing but white space.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from runner.locations import ROOT
from runner.terminal import say

SHEETS = ROOT / "static" / "css"
# What is taken as a whole, so that no sign in it means anything; or else one sign.
_PIECE = re.compile(
    r"""/\*.*?\*/ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | url\([^()"']*\) | \\. | \s+ | .""",
    re.VERBOSE | re.DOTALL,
)
_PROPERTY = re.compile(r"(--[\w-]+|-?[a-z][a-z-]*) ?: ?(.*)", re.DOTALL)


class NotUnderstood(Exception):
    """A style sheet has no end, or has one too many."""


@dataclass
class Node:
    """A comment, a declaration, or a block with what is in it."""

    text: list[str]  # a block may have several selectors
    after_blank_line: bool = False
    is_comment: bool = False
    inside: list[Node] | None = None  # only blocks have an inside


@dataclass
class Reader:
    """What is read so far of the statement under way, and the blocks that it stands in."""

    open_blocks: list[list[Node]] = field(default_factory=lambda: [[]])
    parts: list[str] = field(default_factory=lambda: [""])
    depth: int = 0  # of parentheses and brackets
    after_blank_line: bool = False

    def take(self, piece: str) -> None:
        is_between = not any(self.parts)
        if piece.isspace():
            self.after_blank_line |= is_between and piece.count("\n") > 1
            self.parts[-1] += "" if is_between else " "
        elif piece.startswith("/*") and is_between:
            self._add(Node([piece], is_comment=True))
        elif piece in "{};" and not self.depth:
            self._end(piece)
        elif piece == "," and not self.depth:
            self.parts.append("")
        else:
            self.depth += (piece in "([") - (piece in ")]")
            self.parts[-1] += piece

    def _end(self, sign: str) -> None:
        if sign == "{":
            inside: list[Node] = []
            self._add(Node(self._text(), inside=inside))
            self.open_blocks.append(inside)
            return
        if any(self.parts):
            said = ", ".join(self._text())
            declaration = _PROPERTY.fullmatch(said)
            self._add(Node([f"{': '.join(declaration.groups()) if declaration else said};"]))
        if sign == "}":
            self.open_blocks.pop()
            if not self.open_blocks:
                raise NotUnderstood("A block ends that did not begin.")
        self.after_blank_line = False

    def _text(self) -> list[str]:
        selectors = [part.strip() for part in self.parts]
        return [", ".join(selectors)] if selectors[0].startswith("@") else selectors

    def _add(self, node: Node) -> None:
        node.after_blank_line = self.after_blank_line
        self.open_blocks[-1].append(node)
        self.parts, self.after_blank_line = [""], False


def formatted(sheet: str) -> str:
    """Return a style sheet in our layout; to a browser it says what it said."""
    reader = Reader()
    for piece in _PIECE.findall(sheet):
        reader.take(piece)
    if len(reader.open_blocks) > 1 or any(reader.parts):
        raise NotUnderstood("The end is missing.")
    return "\n".join(_lines(reader.open_blocks[0], "")) + "\n"


def _lines(nodes: list[Node], indent: str) -> list[str]:
    lines: list[str] = []
    before: Node | None = None
    for node in nodes:
        if before is not None and (node.after_blank_line or _are_apart(before, node)):
            lines.append("")
        if node.inside is None:
            lines += [indent + text for text in node.text]
        else:
            lines += [f"{indent}{selector}," for selector in node.text[:-1]]
            lines.append(f"{indent}{node.text[-1]} {{")
            lines += _lines(node.inside, f"{indent}  ")
            lines.append(f"{indent}}}")
        before = node
    return lines


def _are_apart(before: Node, node: Node) -> bool:
    """Whether a blank line is due: around blocks, but not between one and the comment above it."""
    return before.inside is not None or (node.inside is not None and not before.is_comment)


def main() -> int:
    writes = "--write" in sys.argv[1:]
    others = [path for path in sorted(SHEETS.rglob("*.css")) if not _is_formatted(path, writes)]
    for path in others:
        say(f"{path.relative_to(ROOT)}: {'formatted' if writes else 'is not formatted'}")
    if others and not writes:
        say("To put them right: .venv/bin/python -m dev.css --write")
    return 1 if others and not writes else 0


def _is_formatted(path: Path, writes: bool) -> bool:
    written = path.read_text()
    try:
        wanted = formatted(written)
    except NotUnderstood as problem:
        sys.exit(f"{path.relative_to(ROOT)}: {problem}")
    if writes and wanted != written:
        path.write_text(wanted)
    return wanted == written


if __name__ == "__main__":
    sys.exit(main())
