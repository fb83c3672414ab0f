"""Which top-level domains there are."""

from __future__ import annotations

import pytest

from openletter.lib import endings


@pytest.mark.parametrize(
    "ending", ["com", "DE", "museum", "ck", "bd", "рф", "xn--p1ai", "БЕЛ", "中国", "uk", "swiss"]
)
def test_an_ending_that_exists_is_known_in_every_spelling(ending: str) -> None:
    assert endings.is_known(ending)


@pytest.mark.parametrize(
    "ending",
    [
        *("", "c", "con", "comgmail", "Gallen", "co.uk", "github.io", "-", "a b", "ü", "x" * 64),
        "\ud800",
    ],
)
def test_an_ending_that_does_not_exist_is_not(ending: str) -> None:
    assert not endings.is_known(ending)
