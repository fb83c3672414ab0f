"""The scripts of letters, and the words that look-alikes are looked for in."""

from __future__ import annotations

import pytest

from openletter.lib.people.scripts import scripts, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ｙａｎｎ", {"LATIN"}),
        ("ローラ 々ｰ", {"KATAKANA", "HAN"}),
        ("Марʼяна µ", {"CYRILLIC"}),
        ("Mª Nº", {"LATIN"}),
        ("ﾛｰﾗ ﾡ", {"KATAKANA", "HANGUL"}),
        ("\U00031351", {"HAN"}),
        ("123 !", set()),
    ],
)
def test_letters_belong_to_the_script_that_people_write_them_in(text: str, found: set[str]) -> None:
    assert scripts(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Иван «vano» Петров (Ivan)", ["Иван", "vano", "Петров", "Ivan"]),
        ("O’Нил-Smith", ["O", "Нил", "Smith"]),
        ("क्\u200dष शर्मा", ["क्\u200dष", "शर्मा"]),
        ("M25 Ⅱ", ["M25", "Ⅱ"]),
        ("... !", []),
    ],
)
def test_a_word_ends_at_what_is_no_letter(text: str, found: list[str]) -> None:
    assert words(text) == found
