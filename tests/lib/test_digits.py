"""Codes in whatever digits, with whatever around them."""

from __future__ import annotations

import pytest

from openletter.lib.people.digits import LONGEST_TYPED, digits_in


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        "\u0661\u0662\u0663\u0664\u0665\u0666",  # Arabic-Indic
        "\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6",  # Persian
        "\u0967\u0968\u0969\u096a\u096b\u096c",  # Devanagari
        "\u09e7\u09e8\u09e9\u09ea\u09eb\u09ec",  # Bengali
        "\u0e51\u0e52\u0e53\u0e54\u0e55\u0e56",  # Thai
        "\uff11\uff12\uff13\uff14\uff15\uff16",  # full-width
        "\U0001d7cf\U0001d7d0\U0001d7d1\U0001d7d2\U0001d7d3\U0001d7d4",  # mathematical, bold
        "\u0661\u0662\u0663456",
        "123 456",
        "123\u2009456",
        "123\u202f456",
        "123\u3000456",
        "123\u00a0456",
        "123-456",
        "123\u2013456",
        "123\u2014456",
        "123\u2212456",
        "123\u2010456",
        "123\u30fb456",
        "\u200b123\u200d456\ufeff",
        "\u202a123456\u202c",
        "\u2067\u0661\u0662\u0663\u0664\u0665\u0666\u2069",
        "1 2 3 4 5 6",
        "Code: 123456",
        "123456.",
        "\u201e123456\u201c",
        "\t123456\r\n",
    ],
)
def test_a_code_is_read_however_it_is_written(typed: str) -> None:
    assert digits_in(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "one", "12345", "\u216b", "\u00bd", "\u4e00\u4e8c"])
def test_what_has_no_six_digits_is_no_code(typed: str) -> None:
    assert len(digits_in(typed)) != 6


def test_only_so_much_is_looked_at() -> None:
    assert digits_in(" " * LONGEST_TYPED + "123456") == ""
    assert digits_in("\ufdfa" * 100_000) == ""
