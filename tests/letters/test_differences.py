"""What changed between two texts: all of it is told, nothing else, and safely."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from openletter.letters.diff import alignment, differences, paragraphs, words
from openletter.letters.diff.differences import Block, Changes
from openletter.letters.diff.words import Change, Word
from openletter.letters.markup import parser
from openletter.letters.models import Translation

LONGEST = 100_000
SIGN = {Change.SAME: "=", Change.REMOVED: "-", Change.ADDED: "+", Change.CHANGED: "~"}
KEPT = "\n\n".join(f"Paragraph {number} stays." for number in ("one", "two", "three", "four"))
texts = st.lists(
    st.sampled_from(
        ["We ask you.", "We ask all.", "## Why", "- one", "- two", "> We ask you.", "1. act"]
    ),
    max_size=12,
).map("\n\n".join)


def text(
    markdown: str, *, title: str = "A letter", addressee: str = "", language: str = "en"
) -> Translation:
    return Translation(language=language, title=title, addressee=addressee, markdown=markdown)


def compare(old: Translation | str, new: Translation | str) -> Changes:
    sides = [text(side) if isinstance(side, str) else side for side in (old, new)]
    changes = differences.between(*sides)
    assert changes is not None
    return changes


def blocks_of(changes: Changes) -> list[Block]:
    return [block for stretch in changes.stretches for block in stretch.blocks]


def told(old: str, new: str) -> list[str]:
    """Return each block's sign and the words in it, old and new ones one after the other."""
    return [
        SIGN[block.change] + " ".join(piece.text for piece in block.pieces)
        for block in blocks_of(compare(old, new))
    ]


def rendered(changes: Changes | None) -> str:
    return render_to_string("components/changes.html", {"changes": changes})


# --- What is told -------------------------------------------------------------------------------


def words_of(parts: Iterable[str]) -> list[str]:
    """Return all words but the marks of headings, items and quotes, which are shown in two ways."""
    return [word for word in " ".join(parts).split() if word not in {"##", "–", ">", "1."}]


@given(texts, texts)
def test_both_texts_are_told_in_full(old: str, new: str) -> None:
    pieces = [piece for block in blocks_of(compare(old, new)) for piece in block.pieces]
    for side, kind in ((old, Change.REMOVED), (new, Change.ADDED)):
        told = (piece.text for piece in pieces if piece.change in {Change.SAME, kind})
        assert words_of(told) == words_of(one.text for one in paragraphs.of_markdown(side))


@pytest.mark.slow
@given(texts)
def test_a_text_does_not_differ_from_itself(both: str) -> None:
    assert compare(both, both).is_empty


@pytest.mark.parametrize(
    ("old", "new", "blocks"),
    [
        ("We ask you to act.", "We beg you to act.", ["~We ask beg you to act."]),
        ("One here.\n\nTwo there.", "One here.", ["=One here.", "-Two there."]),
        ("One here.", "Zero.\n\nOne here.", ["+Zero.", "=One here."]),
        ("We ask you.", "The sun rises.", ["-We ask you.", "+The sun rises."]),
        ("- one\n- two", "- one\n- three\n- two", ["=one", "+three", "=two"]),
        ("# Why\nWe ask.", "# Why\nWe beg.", ["=Why", "~We ask. beg."]),
        ("## Why us", "### Why us", ["~## ### Why us"]),
        ("> We ask all.", "We ask all.", ["~> We ask all."]),
        ("3. We ask all.", "4. We ask all.", ["~3. 4. We ask all."]),
        ("See [it][1].\n\n[1]: /a", "See [it][1].\n\n[1]: /b", ["=See [it][1].", "~[1]: /a /b"]),
    ],
)
def test_paragraphs_headings_and_items_are_told_apart(
    old: str, new: str, blocks: list[str]
) -> None:
    assert told(old, new) == blocks


def test_paragraphs_that_were_reworded_find_each_other() -> None:
    old = "We ask you to open the models.\n\nWe ask you to pay the workers."
    new = (
        "We thank you.\n\nWe ask you to open all the models.\n\nWe ask you to pay all the workers."
    )
    assert [line[0] for line in told(old, new)] == ["+", "~", "~"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We ask\nyou.", "We  ask you.\n"),
        ("- one\n- two", "* one\n\n* two"),
        ("We *ask* you.", "We _ask_ you."),
        ("We ask\r\nyou.", "We ask\nyou."),
    ],
)
def test_what_no_reader_sees_is_no_change(old: str, new: str) -> None:
    assert compare(old, new).is_empty
    assert "<ins>" not in rendered(compare(old, new))


def test_a_text_that_is_the_same_is_told_from_one_with_other_spaces() -> None:
    same, spaces = compare("We ask you.", "We ask you."), compare("We ask\nyou.", "We  ask you.")
    assert (same.is_same_text, spaces.is_same_text) == (True, False)
    assert rendered(same) != rendered(spaces)


def test_title_and_addressee_are_compared_too() -> None:
    old = text("Same.", title="Let us see", addressee="To the members")
    new = text("Same.", title="Let us all see", addressee="")
    head = compare(old, new).head
    assert [(block.look, block.change) for block in head] == [
        ("title", Change.CHANGED),
        ("addressee", Change.REMOVED),
    ]
    assert not compare(old, new).is_empty


def test_signs_in_a_title_mean_nothing_and_are_shown() -> None:
    changes = compare(text("Same.", title="1. *All* [of](/us)"), text("Same.", title="1. All of"))
    assert "*All* [of](/us)" in rendered(changes)


def test_texts_in_two_languages_are_not_compared() -> None:
    changes = differences.between(text("We ask."), text("Wir bitten.", language="de"))
    assert changes is None
    assert 'class="notice"' in rendered(changes)


def test_long_unchanged_stretches_are_folded_but_for_the_neighbours_of_a_change() -> None:
    changes = compare(f"{KEPT}\n\nOld.\n\n{KEPT}", f"{KEPT}\n\nNew words.\n\n{KEPT}")
    lengths = [(stretch.is_folded, len(stretch.blocks)) for stretch in changes.stretches]
    assert lengths == [(True, 3), (False, 1), (False, 2), (False, 1), (True, 3)]
    page = rendered(changes)
    assert page.count("<details") == page.count("<summary") == 2
    assert "3 unchanged paragraphs" in page


def test_a_short_unchanged_stretch_is_not_folded() -> None:
    changes = compare("Old.\n\nOne.\n\nTwo.\n\nThree.\n\nOld.", "One.\n\nTwo.\n\nThree.")
    assert not any(stretch.is_folded for stretch in changes.stretches)


# --- How it is shown ----------------------------------------------------------------------------


def test_t18_nothing_in_a_text_becomes_markup() -> None:
    script = "<script>alert(1)</script>"
    old = text(f"{script} we ask {script}", title=f"{script} old", addressee=script)
    new = text(f"{script} we beg **{script}** [x](javascript:alert)", title=f"{script} new")
    page = rendered(compare(old, new))
    assert "<script" not in page
    assert "<a" not in page
    assert page.count("&lt;script&gt;") == 5


def test_changes_are_marked_up_and_said_in_words_too() -> None:
    page = rendered(compare("We ask *you* now.", "We beg *you* now."))
    assert '<del><span class="visually-hidden" lang="en">removed: </span>ask</del>' in page
    assert '<ins><span class="visually-hidden" lang="en">added: </span>beg</ins>' in page
    assert '<span class="visually-hidden" lang="en">unchanged: </span><em>you </em>now.' in page


def test_a_text_keeps_its_language_and_direction_on_a_page_in_another() -> None:
    old, new = (
        text(f"نحن نطلب منكم.\n\n{KEPT}", language="ar"),
        text(f"نحن نرجو منكم.\n\n{KEPT}", language="ar"),
    )
    with translation.override("de"):
        page = rendered(compare(old, new))
    assert '<div class="changes" lang="ar" dir="rtl">' in page
    assert '<summary lang="de" dir="ltr">' in page
    assert '<span class="visually-hidden" lang="de">' in page


# --- What it costs ------------------------------------------------------------------------------


def some(seed: int, *, number: int, length: int, kinds: int = 8) -> str:
    rare = random.Random(seed)  # noqa: S311 - no secret
    choice = [f"w{kind}" for kind in range(kinds)]
    return "\n\n".join(" ".join(rare.choices(choice, k=length)) for _one in range(number))


@pytest.fixture
def _bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop a comparison that does too much, however fast the machine is."""
    done: Counter[str] = Counter()
    lengths, likeness, inline = alignment._lengths, words.likeness, parser.parse_inline

    def counted_lengths(old: list[Word], new: list[Word]) -> list[list[int]]:
        done["comparisons"] += len(old) * len(new)
        assert done["comparisons"] <= 64 * LONGEST
        return lengths(old, new)

    def counted_likeness(old: set[Word], new: set[Word]) -> float:
        done["pairs"] += 1
        assert done["pairs"] <= differences.MOST_PAIRS
        return likeness(old, new)

    def counted_inline(markdown: str) -> list[Token]:
        assert len(markdown) <= words.MOST_CHARACTERS
        return inline(markdown)

    monkeypatch.setattr(alignment, "_lengths", counted_lengths)
    monkeypatch.setattr(words, "likeness", counted_likeness)
    monkeypatch.setattr(parser, "parse_inline", counted_inline)


LONG_ONES = {
    "very short paragraphs": ("a\n\n" * 33_000, "b\n\n" * 33_000),
    "two kinds of paragraphs": ("a\n\nb\n\n" * 16_000, "b\n\na\n\n" * 16_000),
    "one long paragraph": (
        some(1, number=1, length=30_000),
        some(2, number=1, length=30_000),
    ),
    "all are alike": (some(1, number=300, length=100), some(2, number=300, length=100)),
    "too many to pair": (some(1, number=900, length=30), some(2, number=900, length=30)),
    "reworded": (
        some(1, number=300, length=60, kinds=999),
        some(1, number=300, length=60, kinds=998),
    ),
    "one long word": ("x" * LONGEST, "y" * LONGEST),
    "signs": ("[*" * 49_000, "*[" * 49_000),
}


@pytest.mark.slow
@pytest.mark.usefixtures("_bounded")
@pytest.mark.parametrize(("old", "new"), LONG_ONES.values(), ids=LONG_ONES)
def test_the_longest_texts_are_compared_with_a_bound(old: str, new: str) -> None:
    blocks = blocks_of(compare(old[:LONGEST], new[:LONGEST]))
    assert len(blocks) <= 2 * paragraphs.MOST
    assert sum(len(block.pieces) for block in blocks) <= LONGEST
