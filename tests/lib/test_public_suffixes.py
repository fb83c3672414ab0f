"""Which top-level domains there are, and who owns a name below them."""

from __future__ import annotations

import pytest

from openletter.lib.people.public_suffixes import is_top_level_domain, organisational_domain


@pytest.mark.parametrize(
    "ending",
    ["com", "DE", "museum", "ck", "bd", "рф", "xn--p1ai", "БЕЛ", "中国", "uk", "swiss", "za"],
)
def test_an_ending_that_exists_is_known_in_every_spelling(ending: str) -> None:
    assert is_top_level_domain(ending)


@pytest.mark.parametrize(
    "ending",
    [
        *("", "c", "con", "comgmail", "Gallen", "co.uk", "github.io", "-", "a b", "ü", "x" * 64),
        "\ud800",
    ],
)
def test_an_ending_that_does_not_exist_is_not(ending: str) -> None:
    assert not is_top_level_domain(ending)


@pytest.mark.parametrize(
    ("domain", "owned"),
    [
        ("news.example.co.uk", "example.co.uk"),
        ("Mail.Example.ORG.", "example.org"),
        ("example.org", "example.org"),
        ("suzie.github.io", "suzie.github.io"),
        ("co.uk", "co.uk"),
    ],
)
def test_a_name_belongs_to_whoever_registered_it(domain: str, owned: str) -> None:
    assert organisational_domain(domain) == owned
