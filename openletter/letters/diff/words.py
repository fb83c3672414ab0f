"""The words of a paragraph with their stress, and two wordings of one compared word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from markdown_it.token import Token

from openletter.letters.diff import alignment
from openletter.letters.markup import parser

# A paragraph in more pieces than this cannot be read; its two wordings can, one after the other.
MOST_PIECES = 400
# A paragraph longer than this is compared as it was written, since reading its Markdown could
# take the square of its length.
MOST_CHARACTERS = 10_000
# The part of their words that two wordings of one paragraph share at least.
LEAST_LIKENESS = 0.4

# Chinese and Japanese put no spaces between words, so each sign counts as one.
_SIGNS = "\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uffee\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_SIGNS}][ \n]?|[^ \n{_SIGNS}]+[ \n]?")


_GAPS = (" ", "\n")


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


class Word(NamedTuple):
    """A word and the space or line break after it, or several words that are stressed alike."""

    text: str
    is_strong: bool = False
    is_stressed: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that were all kept, removed or added, and what stands between them and the next."""

    change: Change
    runs: tuple[Word, ...]
    after: str

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def split(markdown: str) -> list[Word]:
    """Return the words of one paragraph; the last has a space after it too.

    The address behind a link is a word like all others, or else it could change unseen.
    """
    return _words(_parts(markdown))


def split_plain(text: str) -> list[Word]:
    """Do the same with a title, in which no sign means anything."""
    return _words([Word(text)])


def _words(parts: Iterable[Word]) -> list[Word]:
    words: list[Word] = []
    for part in parts:
        if part.text[:1] in _GAPS:
            _end_with(part.text[:1], words)
        words += [part._replace(text=text) for text in _WORD.findall(part.text)]
    _end_with(" ", words)
    return words


def _end_with(gap: str, words: list[Word]) -> None:
    if gap and words and words[-1].text[-1] not in _GAPS:
        words[-1] = words[-1]._replace(text=f"{words[-1].text}{gap}")


def _regardless_of_breaks(words: Iterable[Word]) -> list[Word]:
    """Return words as they are compared: a line that ends elsewhere says nothing else."""
    return [word._replace(text=word.text.replace("\n", " ")) for word in words]


def _parts(markdown: str) -> Iterator[Word]:
    if len(markdown) > MOST_CHARACTERS:
        yield Word(markdown)
        return
    stress = {"strong": 0, "em": 0}
    addresses: list[str] = []
    for token in parser.parse_inline(markdown):
        if token.tag in stress:
            stress[token.tag] += token.nesting
            continue
        if token.type == "link_open":
            addresses.append(_address(token))
        text = addresses.pop() if token.type == "link_close" else _written(token)
        yield Word(text, is_strong=stress["strong"] > 0, is_stressed=stress["em"] > 0)


def _address(link: Token) -> str:
    if link.markup == "address":
        return ""  # it is what the link says
    title = f' "{link.attrs["title"]}"' if "title" in link.attrs else ""
    return f" <{link.attrs['href']}{title}>"


def _written(token: Token) -> str:
    """Return a part of a paragraph with the signs that are not shown in another way."""
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return token.markup if token.tag == "s" else token.content


def joined(words: Sequence[Word], change: Change) -> Piece:
    """Make one piece of some words."""
    groups = groupby(words, lambda word: (word.is_strong, word.is_stressed))
    runs = [Word("".join(word.text for word in group), *stress) for stress, group in groups]
    last = runs[-1].text[-1:] if runs else ""
    after = last if last in _GAPS else ""
    if after:
        runs[-1] = runs[-1]._replace(text=runs[-1].text[:-1])
    return Piece(change, tuple(runs), after)


def kinds_of(words: list[Word]) -> set[Word]:
    """Return which words there are, for `likeness`."""
    return set(_regardless_of_breaks(words))


def likeness(old: set[Word], new: set[Word]) -> float:
    """Say how much of their words two paragraphs share: 1 all, 0 too little to be one."""
    share = 2 * len(old & new) / (len(old) + len(new) or 1)
    return share if share >= LEAST_LIKENESS else 0.0


# --- Comparing ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Step:
    """Words that both have, and what follows them in one and in the other."""

    same: list[Word]
    removed: list[Word]
    added: list[Word]

    @property
    def is_change(self) -> bool:
        return bool(self.removed or self.added)

    @property
    def size(self) -> int:
        return max(len(self.removed), len(self.added))


def compare(old: list[Word], new: list[Word]) -> tuple[Piece, ...]:
    """Return the pieces of both wordings; none if they share too little to be read as one.

    What was kept or removed, joined, is the old wording; what was kept or added is the new one.
    What was kept has the line breaks of the new one.
    """
    steps = _readable(_steps(old, new))
    kept = sum(len(step.same) for step in steps)
    pieces = tuple(_pieces(steps))
    is_alike = 2 * kept >= LEAST_LIKENESS * (len(old) + len(new))
    return pieces if is_alike and len(pieces) <= MOST_PIECES else ()


def _steps(old: list[Word], new: list[Word]) -> list[_Step]:
    steps = [_Step([], [], [])]
    same = alignment.common(_regardless_of_breaks(old), _regardless_of_breaks(new))
    for (i, j), (next_i, next_j) in pairwise([(-1, -1), *same, (len(old), len(new))]):
        steps[-1].removed += old[i + 1 : next_i]
        steps[-1].added += new[j + 1 : next_j]
        if steps[-1].is_change:
            steps.append(_Step([], [], []))
        steps[-1].same += new[next_j : next_j + 1]
    return steps


def _readable(steps: list[_Step]) -> list[_Step]:
    """Join changes that only a few words part: a kept “of the” amid new words reads badly."""
    kept = steps[:1]
    for step in steps[1:]:
        last = kept[-1]
        if last.is_change and step.is_change and len(step.same) < min(last.size, step.size):
            last.removed += [*step.same, *step.removed]
            last.added += [*step.same, *step.added]
        else:
            kept.append(step)
    return kept


def _pieces(steps: list[_Step]) -> Iterator[Piece]:
    for step in steps:
        for change, words in (
            (Change.SAME, step.same),
            (Change.REMOVED, step.removed),
            (Change.ADDED, step.added),
        ):
            if words:
                yield joined(words, change)
