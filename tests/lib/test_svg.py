"""Pieces of SVG: escaped, labelled, and nothing that a strict policy would drop."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from openletter.lib.admin import svg


def test_text_and_attributes_are_escaped_and_pieces_are_not_escaped_twice() -> None:
    inner = svg.piece("text", "<b> & 'c'", font_size=11)
    outer = svg.piece("g", inner, data_name='"><script>')
    read = ElementTree.fromstring(outer)  # noqa: S314 - our own
    assert read.get("data-name") == '"><script>'
    assert read[0].text == "<b> & 'c'"


def test_numbers_are_short_and_spelled_the_same_in_every_language() -> None:
    assert svg.piece("rect", x=1 / 3, y=12345.0) == '<rect x="0.33" y="12345"></rect>'


@pytest.mark.parametrize("attribute", ["style", "onclick"])
def test_inline_styles_and_scripts_are_refused(attribute: str) -> None:
    with pytest.raises(ValueError, match=attribute):
        svg.piece("rect", **{attribute: "x"})


def test_a_drawing_says_in_words_what_it_shows() -> None:
    drawn = svg.drawing(key="k", width=10, height=5, title="A < B", description="Rising")
    read = ElementTree.fromstring(drawn)  # noqa: S314 - our own
    assert read.get("role") == "img"
    assert read.get("aria-labelledby") == "k-title k-desc"
    assert [(one.get("id"), one.text) for one in read] == [
        ("k-title", "A < B"),
        ("k-desc", "Rising"),
    ]
