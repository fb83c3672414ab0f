"""Two wordings of one paragraph: nothing is lost or made up, and what is told can be read."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletter.letters.diff import words
from openletter.letters.diff.words import Change, Word

SIGN = {Change.SAME: "", Change.REMOVED: "-", Change.ADDED: "+"}
some_words = st.lists(
    st.sampled_from(
        ["we", "ask", "you", "**to**", "*act*", "now.", "[here](https://a.example)", "说明", "<b>"]
    ),
    max_size=30,
).map(" ".join)
any_text = st.text(max_size=80).map(lambda text: " ".join(text.split()))

A, B = "https://a.example", "https://b.example"


def told(old: str, new: str) -> str:
    """Return a comparison as `[-old-]`, `[+new+]` and plain words."""
    pieces = words.compare(words.split(old), words.split(new))
    parts = [(SIGN[piece.change], piece.text, piece.after) for piece in pieces]
    return "".join(
        (f"[{sign}{text}{sign}]" if sign else text) + after for sign, text, after in parts
    ).strip()


def joined(pieces: tuple[words.Piece, ...], kind: Change) -> str:
    kept = (piece for piece in pieces if piece.change in {Change.SAME, kind})
    return "".join(f"{piece.text}{piece.after}" for piece in kept)


def written(parts: list[Word]) -> str:
    return "".join(part.text for part in parts)


@given(st.one_of(some_words, any_text), st.one_of(some_words, any_text))
def test_kept_and_removed_words_are_the_old_text_kept_and_added_ones_the_new(
    old: str, new: str
) -> None:
    before, after = words.split(old), words.split(new)
    pieces = words.compare(before, after)
    if pieces:
        assert joined(pieces, Change.REMOVED) == written(before)
        assert joined(pieces, Change.ADDED) == written(after)


@given(some_words)
def test_a_text_is_wholly_like_itself(text: str) -> None:
    pieces = words.compare(words.split(text), words.split(text))
    assert {piece.change for piece in pieces} <= {Change.SAME}
    assert bool(pieces) == bool(text)


@given(st.from_regex(r"[a-z ,.]{0,60}", fullmatch=True))
def test_words_without_signs_stay_as_they_were_written(text: str) -> None:
    assert written(words.split(" ".join(text.split()))).split() == text.split()


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("within days of it", "within hours of it", "within [-days-] [+hours+] of it"),
        ("we ask you", "we kindly ask you", "we [+kindly+] ask you"),
        ("we do ask you", "we ask you", "we [-do-] ask you"),
        ("act now and here", "act now, and here", "act [-now-] [+now,+] and here"),
        ("我们要求公开模型", "我们要求公开所有模型", "我们要求公开[+所有+]模型"),
        ("نحن نطلب منكم", "نحن نرجو منكم", "نحن [-نطلب-] [+نرجو+] منكم"),
    ],
)
def test_a_change_is_told_by_its_words(old: str, new: str, shown: str) -> None:
    assert told(old, new) == shown


def test_changes_that_a_word_or_two_part_are_told_as_one() -> None:
    old = "he met all the friends of my dear old aunt Ada and of uncle Bob there"
    new = "he met six new foes of your very bad young cousin Ada and of uncle Bob there"
    assert told(old, new) == (
        "he met [-all the friends of my dear old aunt-]"
        " [+six new foes of your very bad young cousin+] Ada and of uncle Bob there"
    )


def test_two_paragraphs_that_share_hardly_a_word_are_not_told_as_one() -> None:
    assert told("we ask for open models", "the sun rises for everyone here") == ""


@given(st.lists(some_words, max_size=4), st.randoms(use_true_random=False))
def test_lines_that_end_elsewhere_are_no_change(parts: list[str], chance: random.Random) -> None:
    old, new = ("".join(part + chance.choice(" \n") for part in parts).strip() for _side in "12")
    pieces = words.compare(words.split(old), words.split(new))
    assert {piece.change for piece in pieces} <= {Change.SAME}
    assert joined(pieces, Change.SAME).split() == written(words.split(new)).split()


def test_the_lines_of_the_new_wording_are_kept() -> None:
    pieces = words.compare(
        words.split("To the\nmembers of it"), words.split("To all\nmembers\nof it")
    )
    assert joined(pieces, Change.ADDED) == "To all\nmembers\nof it "


def test_a_change_of_stress_is_seen() -> None:
    pieces = words.compare(words.split("we *must* act now"), words.split("we **must** act now"))
    assert [run for piece in pieces for run in piece.runs] == [
        Word("we"),
        Word("must", is_stressed=True),
        Word("must", is_strong=True),
        Word("act now"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (f"read [this]({A}) here", f"read [this]({B}) here", f"read this [-<{A}>-] [+<{B}>+] here"),
        (f"read [this]({A}) here", "read this here", f"read this [-<{A}>-] here"),
        (f'[it]({A} "x") is', f'[it]({A} "y") is', f'it <{A} [-"x">-] [+"y">+] is'),
        ("read [this](a.md) here", "read [this](b.md) here",
         "read [-[this](a.md)-] [+[this](b.md)+] here"),
        ("see <https://example.org> or", "see <https://example.com> or",
         "see <[-https://example.org-][+https://example.com+]> or"),
        ("see [it][1] or ask", "see [it][2] or ask", "see [-[it][1]-] [+[it][2]+] or ask"),
        ("the ~~old~~ new text", "the `old` new text", "the [-~~old~~-] [+`old`+] new text"),
    ],
)  # fmt: skip
def test_a_change_of_a_link_or_of_other_signs_is_seen(old: str, new: str, shown: str) -> None:
    assert told(old, new) == shown


def test_a_paragraph_in_very_many_pieces_is_not_told_as_one() -> None:
    parts = [f"first{n} then{n} last{n} old" for n in range(words.MOST_PIECES)]
    many, some = " ".join(parts), " ".join(parts[: words.MOST_PIECES // 3 - 1])
    assert told(many, many.replace("old", "new")) == ""
    assert told(some, some.replace("old", "new")) != ""


@pytest.mark.slow
def test_a_paragraph_of_a_hundred_thousand_characters_is_told_in_few_pieces() -> None:
    rare = random.Random(1)  # noqa: S311 - no secret
    old, new = (" ".join(rare.choices("abcdefgh", k=50_000)) for _side in range(2))
    assert len(words.compare(words.split(old), words.split(new))) <= words.MOST_PIECES
    assert told(f"{old} end", f"{old} other end") == f"{old} [+other+] end"
