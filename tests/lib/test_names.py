"""What people type about themselves: names that exist are taken, tricks are not."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib import names
from openletter.lib.names import tidy_affiliation, tidy_comment, tidy_name

ACCEPTED = [
    "Nguyễn Thị Hồng",
    "O'Brien",
    "李小龍",
    "محمد",
    "नेहा",
    "D'Arcy-Smith",
    "Björk",
    "Željko Đurić",
    "Ağaoğlu İbrahim",
    "María José de la Cruz Ñáñez",
    "מרים כהן",
    "שָׁלוֹם",
    "สมชาย ใจดี",
    "김민준",
    "Θεοδώρα",
    "Анна-Мария Ц.",
    "Dr. Hannelore Zwißler-Okafor, M.A.",
    "Martin Luther King Jr. 3rd",
    "نیلوفر\u200cسادات",  # a joiner that Persian spelling needs
    "क्\u200dष",
    "ශ්\u200dරීමති",  # and Sinhala
    "မို့မို့",  # three marks on a letter, as Burmese has them
    "ស្រីមុំ",
    "ജ്യോതി",
    "ສົມພອນ",
    "X Æ",
    "S.",
    "Jean\u2019Luc",
]
REFUSED = {
    "bidi override": ("\u202eevil", "characters"),
    "bidi isolate": ("Ali\u2066ce", "characters"),
    "left-to-right mark": ("Alice\u200eSmith", "characters"),
    "an Arabic letter mark": ("Ali\u061cce", "characters"),
    "zalgo": ("Z" + "\u0300" * 40, "marks"),
    "three marks": ("Z\u0300\u0301\u0302", "marks"),
    "five marks, on a letter that stacks them": ("ש" + "\u05b8" * 5, "marks"),
    "zero-width space": ("A\u200blice", "characters"),
    "zero-width joiner between Latin letters": ("A\u200dlice", "characters"),
    "zero-width joiner between Latin letters with accents": ("Zoë\u200dë", "characters"),
    "zero-width joiner between accents": ("Zx\u0301\u200d\u0301", "characters"),
    "zero-width joiner between Cyrillic letters": ("Ан\u200dна", "characters"),
    "zero-width non-joiner at the end": ("Alice\u200c", "characters"),
    "zero-width joiner at the beginning": ("\u200dनेहा", "characters"),
    "word joiner": ("Ali\u2060ce", "characters"),
    "byte order mark": ("\ufeffAlice", "characters"),
    "soft hyphen": ("Ali\u00adce", "characters"),
    "a tag": ("<b>", "signs"),
    "a tag around a name": ("<b>Alice</b>", "signs"),
    "a tab inside": ("Alice\tSmith", "characters"),
    "a tab": ("\t", "letters"),
    "a line feed": ("Alice\nSmith", "characters"),
    "a null": ("Ali\x00ce", "characters"),
    "a line separator": ("Alice\u2028Smith", "characters"),
    "private use": ("Alice \ue000", "characters"),
    "unassigned": ("Alice \u0378", "characters"),
    "a surrogate": ("Alice \ud800", "characters"),
    "an emoji": ("😀", "characters"),
    "an emoji behind a name": ("Alice 😀", "characters"),
    "a heart": ("Alice ❤", "characters"),
    "spaces": ("   ", "letters"),
    "nothing": ("", "letters"),
    "figures": ("12345", "letters"),
    "mostly figures": ("A123456", "letters"),
    "signs only": ("...", "letters"),
    "101 letters": ("a" * 101, "length"),
    "a formula": ("=cmd", "signs"),
    "a formula with minus": ("-1+1", "signs"),
    "a formula with plus": ("+Alice", "signs"),
    "a Hangul filler, which is a blank letter": ("\u3164", "characters"),
    "a half-width filler": ("\uffa0", "characters"),
    "a grapheme joiner": ("Ali\u034fce", "characters"),
    "a variation selector": ("Alice\ufe0f", "characters"),
    "another variation selector": ("Alice\U000e0101", "characters"),
    "a Mongolian selector": ("Alice\u180b", "characters"),
    "an Ogham blank": ("\u1680", "letters"),
    "a Braille blank": ("Alice\u2800", "characters"),
    "an accent without a letter": ("\u0301lice", "marks"),
    "an at sign": ("@alice", "link"),
    "an e-mail address": ("alice@example.org", "link"),
    "an address": ("http://x.y", "link"),
    "an address in capitals": ("HTTPS://EXAMPLE", "link"),
    "www": ("www.example", "link"),
    "a domain": ("Win at example.com now", "link"),
    "a short domain": ("see bit.ly/x", "link"),
}


BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u180b\u180e\ufe0f\u3164"


@pytest.mark.parametrize("name", ACCEPTED)
def test_t20_names_that_exist_are_taken(name: str) -> None:
    assert tidy_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(("name", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_t20_what_is_no_name_is_refused_with_its_reason(name: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_name(name)
    assert refused.value.code == code


@pytest.mark.parametrize("hidden", [*BIDI, *ZERO_WIDTH], ids=lambda char: f"U+{ord(char):04X}")
def test_t20_no_hidden_character_is_taken_wherever_it_stands(hidden: str) -> None:
    for text in (f"{hidden}Alice", f"Ali{hidden}ce", f"Alice{hidden}", f"محم{hidden}د"):
        for tidy in (tidy_name, tidy_affiliation, tidy_comment):
            with pytest.raises(ValidationError) as refused:
                tidy(text)
            assert refused.value.code == "characters"


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("  Suzie   Signer ", "Suzie Signer"),
        ("Suzie\u00a0\u2003Signer", "Suzie Signer"),
        ("Suzie\u1680Signer", "Suzie Signer"),
        ("Bjo\u0308rk", "Björk"),
        ("a" * 100, "a" * 100),
    ],
)
def test_spaces_and_accents_are_tidied(typed: str, tidied: str) -> None:
    assert tidy_name(typed) == tidied


def test_t39_a_megabyte_is_refused_before_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def heavy(_text: str) -> str:
        raise AssertionError("normalised before its length was known")

    monkeypatch.setattr(names, "tidy_line", heavy)
    for name in ("a" * 1_000_000, "Z" + "\u0300" * 1_000_000, "w-" * 500_000):
        with pytest.raises(ValidationError) as refused:
            tidy_name(name)
        assert refused.value.code == "length"


@pytest.mark.parametrize(
    "text", ["http://x.example", "www.example", "Buy at example.shop", "suzie@example.org"]
)
def test_t06_links_are_refused_wherever_people_write(text: str) -> None:
    for tidy in (tidy_name, tidy_affiliation, tidy_comment):
        with pytest.raises(ValidationError) as refused:
            tidy(text)
        assert refused.value.code == "link"


@pytest.mark.parametrize(
    "text", ["", "University of Tiefenbach, Dept. 3", "AT&T", "3rd year student", "C++ group"]
)
def test_an_affiliation_may_be_empty_and_hold_figures_and_signs(text: str) -> None:
    assert tidy_affiliation(text) == text


def test_a_comment_keeps_its_lines_and_loses_spaces_around_them() -> None:
    assert tidy_comment("\r\n  One  line \r\n\r\nanother\n") == "One line\n\nanother"


def test_t20_a_comment_with_a_hidden_character_is_refused_in_any_line() -> None:
    with pytest.raises(ValidationError):
        tidy_comment("fine\nsee \u202egro.live")


def words() -> st.SearchStrategy[str]:
    """Mostly letters of every script, with accents, spaces and now and then anything else."""
    likely = st.text(st.characters(categories=["L", "Mn", "Mc", "Nd", "Zs", "Pd"]), max_size=30)
    tricky = st.text(
        st.sampled_from("aé नेم\u0300\u200c\u200d\u180b\n\r\t\x1c\x85" + BIDI + ZERO_WIDTH)
    )
    anything = st.text(st.characters(exclude_categories=()), max_size=120)  # and surrogates
    return st.one_of(likely, tricky, anything)


JOINERS = {"\u200c", "\u200d"}  # inside words of some scripts, T20 lets them pass


def hidden_in(text: str) -> set[str]:
    """Return what a text holds that nobody sees: controls, formats, bidi, zero width."""
    refused = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    found = {char for char in text if unicodedata.category(char) in refused}
    return (found | set(text) & {*BIDI, *ZERO_WIDTH}) - JOINERS


@given(words())
def test_t20_a_tidied_name_stays_as_it_is_and_can_be_shown(text: str) -> None:
    try:
        name = tidy_name(text)
    except ValidationError:
        return
    assert tidy_name(name) == name
    assert 0 < len(name) <= names.MAX_NAME_LENGTH
    assert hidden_in(name) == set()


@given(words())
def test_t20_a_tidied_affiliation_stays_as_it_is_and_can_be_shown(text: str) -> None:
    try:
        line = tidy_affiliation(text)
    except ValidationError:
        return
    assert tidy_affiliation(line) == line
    assert hidden_in(line) == set()


@given(words())
def test_t20_a_tidied_comment_stays_as_it_is_and_can_be_shown(text: str) -> None:
    try:
        comment = tidy_comment(text)
    except ValidationError:
        return
    assert tidy_comment(comment) == comment
    assert hidden_in(comment) <= {"\n"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ｙａｎｎ", {"LATIN"}),
        ("ローラ 々ｰ", {"KATAKANA", "HAN"}),
        ("Марʼяна µ", {"CYRILLIC"}),
        ("Mª Nº", {"LATIN"}),
        ("ﾛｰﾗ ﾡ", {"KATAKANA", "HANGUL"}),
        ("123 !", set()),
    ],
)
def test_letters_belong_to_the_script_that_people_write_them_in(text: str, found: set[str]) -> None:
    assert names.scripts(text) == found
