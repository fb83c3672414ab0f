"""Signed links: good for one purpose, not to be forged, and alive when the key changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from openletter.lib import tokens
from openletter.lib.ids import uuid7

NEW_KEY = "another-key-another-key-another-key-another-key"


def test_a_token_is_read_as_it_was_made() -> None:
    thing, whole = uuid7(), uuid7()
    token = tokens.make("inbox", thing, belongs_to=whole, generation=3)
    assert tokens.read("inbox", token) == tokens.Reference(thing, whole, 3)
    assert tokens.read("inbox", tokens.make("inbox", thing)) == tokens.Reference(thing, None, 0)


def test_i7_the_same_thing_always_gets_the_same_token() -> None:
    thing = uuid7()
    assert tokens.make("confirm", thing) == tokens.make("confirm", thing)


def test_a_token_is_good_for_its_own_purpose_only() -> None:
    token = tokens.make("inbox", uuid7())
    with pytest.raises(tokens.BadToken):
        tokens.read("confirm", token)


def test_t08_a_token_with_one_character_changed_is_refused() -> None:
    token = tokens.make("confirm", uuid7())
    for position, char in enumerate(token):
        other = "A" if char != "A" else "B"
        with pytest.raises(tokens.BadToken):
            tokens.read("confirm", token[:position] + other + token[position + 1 :])


@pytest.mark.parametrize(
    "token", ["", ".", "x", "A" * 5000, "é.é", "..", "%00", "AAAA.BBBB", "\x00"]
)
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read("confirm", token)


def test_a_token_needs_no_escaping_in_a_link() -> None:
    token = tokens.make("confirm", uuid7(), belongs_to=uuid7(), generation=65_535)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_links_outlive_a_change_of_the_key_while_the_old_one_is_kept(settings: Any) -> None:
    thing = uuid7()
    token = tokens.make("confirm", thing)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, [settings.SECRET_KEY]
    assert tokens.read("confirm", token).public_id == thing
    assert tokens.make("confirm", thing) != token


def test_links_end_when_the_old_key_is_dropped(settings: Any) -> None:
    token = tokens.make("confirm", uuid7())
    settings.SECRET_KEY = NEW_KEY
    with pytest.raises(tokens.BadToken):
        tokens.read("confirm", token)


def test_a_code_has_six_digits_and_belongs_to_one_thing_purpose_and_generation() -> None:
    one, other = UUID(int=1), UUID(int=2)
    codes = [
        tokens.six_digits("confirm", one),
        tokens.six_digits("confirm", other),
        tokens.six_digits("withdraw", one),
        tokens.six_digits("confirm", one, generation=1),
    ]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) == len(codes)
    assert tokens.six_digits("confirm", one) == codes[0]


def test_codes_are_spread_over_all_numbers() -> None:
    codes = [tokens.six_digits("confirm", uuid7()) for _ in range(1000)]
    assert {code[0] for code in codes} == set("0123456789")
    assert len(set(codes)) > 990
