"""What two sequences have in common: truly the same, in order, and at a cost that has a bound."""

from __future__ import annotations

import random
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletter.letters.diff import alignment

LONG = 50_000
items = st.lists(st.sampled_from("abcdefgh"), max_size=60)


def shared(old: str, new: str) -> str:
    return "".join(old[i] for i, _j in alignment.common(old, new))


@given(items, items)
def test_pairs_hold_the_same_item_and_rise_on_both_sides(old: list[str], new: list[str]) -> None:
    pairs = alignment.common(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(i < next_i and j < next_j for (i, j), (next_i, next_j) in pairwise(pairs))


@given(items)
def test_what_is_the_same_is_found_to_be_the_same(both: list[str]) -> None:
    assert alignment.common(both, both) == [(place, place) for place in range(len(both))]


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("", "", ""),
        ("abc", "", ""),
        ("abc", "xyz", ""),
        ("abcdef", "abXdef", "abdef"),
        ("abcdef", "abcXYdef", "abcdef"),
        ("abcdef", "Xabcdef", "abcdef"),
        ("aaaa", "aa", "aa"),
        ("abab", "baba", "bab"),
        ("abcXdef", "defXabc", "abc"),
    ],
)
def test_what_was_kept_is_found(old: str, new: str, kept: str) -> None:
    assert len(shared(old, new)) == len(kept)


def with_ties(seed: int) -> list[str]:
    """Ties so far apart that every stretch between two of them is just worth comparing."""
    rare = random.Random(seed)  # noqa: S311 - no secret
    return [f"tie {n}" if n % 64 == 0 else rare.choice("abcdefgh") for n in range(LONG)]


LONG_ONES = {
    "all the same": (["a"] * LONG, ["b"] * LONG),
    "one more": (["a"] * LONG, ["a"] * (LONG + 1)),
    "turned by one": (["a", "b"] * LONG, ["b", "a"] * LONG),
    "few kinds": ([*"abcdefgh"] * (LONG // 8), [*"hgfedcba"] * (LONG // 8)),
    "with ties": (with_ties(1), with_ties(2)),
    "backwards": ([str(n) for n in range(LONG)], [str(n) for n in reversed(range(LONG))]),
}


@pytest.mark.parametrize(("old", "new"), LONG_ONES.values(), ids=LONG_ONES)
def test_long_sequences_cost_a_bounded_number_of_comparisons(
    old: list[str], new: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = sqrt(alignment.MOST_COMPARISONS) * (len(old) + len(new)) / 2
    compare = alignment._lengths

    def counted(ours: list[str], theirs: list[str]) -> list[list[int]]:
        nonlocal left
        left -= len(ours) * len(theirs)
        assert left >= 0
        return compare(ours, theirs)

    monkeypatch.setattr(alignment, "_lengths", counted)
    alignment.common(old, new)
