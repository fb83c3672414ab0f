"""No cell of a table becomes a formula in somebody's spreadsheet (T19)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib.csv_cells import inert

FORMULA = re.compile(r"^[\s\x00]*[=+\-@＝＋－＠]")


@given(st.text(alphabet=st.sampled_from(" \t\r\n\x00\u00a0=+-@＝＋－＠'a1"), max_size=6))
def test_t19_nothing_that_is_written_is_computed(text: str) -> None:
    assert not FORMULA.match(inert(text))


@pytest.mark.parametrize("text", ["", "A program sent these.", "'quoted'", "1 of 2", "a=b"])
def test_t19_other_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == text
