"""What changed between two versions of a text: paragraph by paragraph, then word by word.

Nothing that a reader of the letter could see or follow is left out: stress and the addresses of
links count as well. All of it is plain text, for a template to escape. However long the texts and
whatever is in them, the cost has a bound: `MOST_PAIRS` here, and `MOST…` in `paragraphs`, `words`
and `letters/diff/alignment.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from openletter.letters.diff import alignment, paragraphs, words
from openletter.letters.diff.paragraphs import Look, Paragraph
from openletter.letters.diff.words import Change, Piece
from openletter.letters.models import Translation
from openletter.letters.queries.letters import direction_of

# Rewritten stretches of about 300 paragraphs are still searched for what belongs together.
MOST_PAIRS = 100_000
# How many unchanged paragraphs stay in sight beside a change, and how many are worth folding.
_NEIGHBOURS = 1
_LEAST_FOLDED = 2


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, item or title; only a changed one has pieces of several kinds."""

    change: Change
    look: Look
    mark: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks that follow one another; folded when nothing changed in them or beside them."""

    is_folded: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Changes:
    """What `components/changes.html` shows: title and addressee, then the text."""

    language: str
    head: tuple[Block, ...]
    stretches: tuple[Stretch, ...]
    is_same_text: bool  # to the letter, spaces included: another language has changed

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @cached_property
    def is_empty(self) -> bool:
        """Say whether every word is the same."""
        text = (block for stretch in self.stretches for block in stretch.blocks)
        return all(block.change is Change.SAME for block in (*self.head, *text))


def between(earlier: Translation, later: Translation) -> Changes | None:
    """Compare two texts. None when they are in two languages: then there is nothing to say."""
    if earlier.language != later.language:
        return None
    head = [
        *_compare(_line(Look.TITLE, earlier.title), _line(Look.TITLE, later.title)),
        *_compare(_line(Look.ADDRESSEE, earlier.addressee), _line(Look.ADDRESSEE, later.addressee)),
    ]
    old, new = paragraphs.of_markdown(earlier.markdown), paragraphs.of_markdown(later.markdown)
    stretches = tuple(_fold(list(_compare(old, new))))
    is_same_text = _written(earlier) == _written(later)
    return Changes(later.language, tuple(head), stretches, is_same_text)


def _written(text: Translation) -> tuple[str, str, str]:
    return text.title, text.addressee, text.markdown


def _line(look: Look, text: str) -> list[Paragraph]:
    return [Paragraph(look, "", " ".join(text.split()))] if text.strip() else []


def _compare(old: list[Paragraph], new: list[Paragraph]) -> Iterator[Block]:
    """Tell the blocks of both texts in order; of what was replaced the old comes first."""
    same = alignment.common([one.key for one in old], [one.key for one in new])
    for (i, j), (next_i, next_j) in pairwise([(-1, -1), *same, (len(old), len(new))]):
        yield from _replaced(old[i + 1 : next_i], new[j + 1 : next_j])
        yield from (_all(Change.SAME, one) for one in old[next_i : next_i + 1])


def _replaced(old: list[Paragraph], new: list[Paragraph]) -> Iterator[Block]:
    pairs = _pairs(old, new)
    for (i, j), (next_i, next_j) in pairwise([(-1, -1), *pairs, (len(old), len(new))]):
        yield from (_all(Change.REMOVED, one) for one in old[i + 1 : next_i])
        yield from (_all(Change.ADDED, one) for one in new[j + 1 : next_j])
        if next_i < len(old):
            yield from _reworded(old[next_i], new[next_j])


def _pairs(old: list[Paragraph], new: list[Paragraph]) -> list[alignment.Pair]:
    """Pair paragraphs that look like two wordings of one: as alike as can be, all in order."""
    if len(old) * len(new) > MOST_PAIRS:
        return []
    old_words, new_words = ([words.kinds_of(one.words) for one in side] for side in (old, new))
    likeness = [[words.likeness(a, b) for b in new_words] for a in old_words]
    best = [[0.0] * (len(new) + 1) for _place in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = likeness[i][j] and likeness[i][j] + best[i + 1][j + 1]
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _reworded(old: Paragraph, new: Paragraph) -> list[Block]:
    """Tell two wordings in one block, or one after the other when they share too little."""
    if old.mark == new.mark:
        pieces, mark = words.compare(old.words, new.words), new.shown_mark
    else:
        pieces, mark = words.compare(words.split(old.whole), words.split(new.whole)), ""
    if not pieces:
        return [_all(Change.REMOVED, old), _all(Change.ADDED, new)]
    is_same = all(piece.change is Change.SAME for piece in pieces)
    return [Block(Change.SAME if is_same else Change.CHANGED, new.look, mark, pieces)]


def _all(change: Change, one: Paragraph) -> Block:
    return Block(change, one.look, one.shown_mark, (words.joined(one.words, change),))


def _fold(blocks: list[Block]) -> Iterator[Stretch]:
    """Fold long unchanged stretches, but for their paragraphs beside a change."""
    place = 0
    for is_same, group in groupby(blocks, lambda block: block.change is Change.SAME):
        run = tuple(group)
        first = 0 if place == 0 else _NEIGHBOURS
        place += len(run)
        last = len(run) if place == len(blocks) else len(run) - _NEIGHBOURS
        if not is_same or last - first < _LEAST_FOLDED:
            yield Stretch(is_folded=False, blocks=run)
            continue
        parts = ((False, run[:first]), (True, run[first:last]), (False, run[last:]))
        yield from (Stretch(is_folded, part) for is_folded, part in parts if part)
