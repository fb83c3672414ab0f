"""The list of countries, in the order in which readers of a language look for them."""

from __future__ import annotations

import pytest
from django.utils import translation

from openletter.signatures.countries import Countries


@pytest.mark.parametrize(
    ("language", "neighbours"),
    [
        ("de", ["Afghanistan", "Ägypten", "Åland-Inseln", "Albanien"]),
        ("de", ["Oman", "Österreich", "Osttimor"]),
        ("en", ["Afghanistan", "Åland Islands", "Albania"]),
    ],
)
def test_letters_with_a_mark_stand_by_those_without(language: str, neighbours: list[str]) -> None:
    with translation.override(language):
        names = [name for _code, name in Countries()]
    first = names.index(neighbours[0])
    assert names[first : first + len(neighbours)] == neighbours
