"""What people type about themselves: names that exist are taken, tricks are not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib.people import names
from openletter.lib.people.names import (
    length_as_typed,
    tidy_comment,
    tidy_organisation_name,
    tidy_person_name,
)

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
    "Dr.in Maria Huber",
    "Prof.in Dr.in Eva Beispiel",
    "prof.dr.ir. J. de Vries",
    "prof.mr.dr. J. Jansen",
    "Th.de Boer",
    "Sig.na Rossi",
    "Anna Müller @annam",  # an account beside a name
    "ಪ್ರಶಾಂತ್\u200c",  # a joiner at the end, where the letter would look otherwise without it
    "శ్రీకాంత్\u200c",
    "അനില്\u200d",
    "র\u200d্যাব",  # and before the sign
    "葛\U000e0100城",  # which of two shapes the ideograph has
    "\U00031351田",  # Unicode 15, which Python 3.11 does not know
    "\U00033479 田",
    "ᠠ\u180eᠪ\u180b",  # a Mongolian vowel apart, and a letter's other shape
    "རྒྱ་མཚོ",
    "ཧཱུྃ་ལྡན",
]
REFUSED = {
    "zalgo": ("Z" + "\u0300" * 40, "marks"),
    "three marks": ("Z\u0300\u0301\u0302", "marks"),
    "five marks, on a letter that stacks them": ("ש" + "\u05b8" * 5, "marks"),
    "an accent without a letter": ("\u0301lice", "marks"),
    "a tag": ("<b>", "signs"),
    "a tag around a name": ("<b>Alice</b>", "signs"),
    "a formula": ("=cmd", "signs"),
    "a formula with minus": ("-1+1", "signs"),
    "a formula with plus": ("+Alice", "signs"),
    "private use": ("Alice \ue000", "characters"),
    "unassigned": ("Alice \u0378", "characters"),
    "what is no character": ("Alice \U0001ffff", "characters"),
    "a surrogate": ("Alice \ud800", "characters"),
    "an emoji": ("😀", "characters"),
    "an emoji behind a name": ("Alice 😀", "characters"),
    "an emoji of a newer Unicode": ("Alice \U0001fae9", "characters"),
    "a heart": ("Alice ❤\ufe0f", "characters"),
    "a keycap": ("Alice 1\ufe0f\u20e3", "characters"),
    "spaces": ("   ", "letters"),
    "nothing": ("", "letters"),
    "nothing that anybody sees": ("\u3164\u200b\u2800\u00ad", "letters"),
    "tatweel alone": ("ـــ", "letters"),
    "a tab": ("\t", "letters"),
    "figures": ("12345", "letters"),
    "mostly figures": ("A123456", "letters"),
    "signs only": ("...", "letters"),
    "an Ogham blank": ("\u1680", "letters"),
    "101 letters": ("a" * 101, "length"),
    "an account": ("@alice", "handle"),
    "an account in full width": ("＠alice", "handle"),
    "an e-mail address": ("alice@example.org", "link"),
    "a name with an e-mail address": ("Alice <alice@example.org>", "link"),
    "an address": ("http://x.y", "link"),
    "an address in capitals": ("HTTPS://EXAMPLE", "link"),
    "www": ("www.example", "link"),
    "a short domain with a path": ("see bit.ly/x", "link"),
}


BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = (
    "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u180b\u180e\ufe0f\u3164"
    "\uffa0\U000e0001\U000e0062\U000e0101\ufffc\x00\x7f"
)
TIDY: list[Callable[[str], str]] = [
    tidy_person_name,
    tidy_organisation_name,
    partial(names.tidy_words, limit=150),
    tidy_comment,
]


@pytest.mark.parametrize("name", ACCEPTED)
def test_t20_names_that_exist_are_taken(name: str) -> None:
    assert tidy_person_name(name) == unicodedata.normalize("NFC", name)
    assert tidy_organisation_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(("name", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_t20_what_is_no_name_is_refused_with_its_reason(name: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_person_name(name)
    assert refused.value.code == code


@pytest.mark.parametrize("hidden", [*BIDI, *ZERO_WIDTH], ids=lambda char: f"U+{ord(char):04X}")
def test_t20_a_hidden_character_is_removed_wherever_it_stands(hidden: str) -> None:
    for text in (f"{hidden}Alice", f"Ali{hidden}ce", f"Alice{hidden}", f"Al{hidden * 3}ice"):
        for tidy in TIDY:
            assert tidy(text) == "Alice"


@pytest.mark.parametrize("hidden", sorted({*BIDI, *ZERO_WIDTH} - {"\u200c", "\u200d"}))
def test_t20_a_hidden_character_is_removed_between_letters_that_join(hidden: str) -> None:
    assert tidy_person_name(f"محم{hidden}د") == "محمد"


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("  Suzie   Signer ", "Suzie Signer"),
        ("Suzie\u00a0\u2003Signer", "Suzie Signer"),
        ("Suzie\u1680Signer", "Suzie Signer"),
        ("Suzie\tSigner\n", "Suzie Signer"),
        ("\u2028Suzie\r\nSigner", "Suzie Signer"),
        ("Suzie\u2800Signer", "Suzie Signer"),
        ("Bjo\u0308rk", "Björk"),
        ("a" * 100, "a" * 100),
        ("a" * 100 + " \u200b" * 100, "a" * 100),
        ("محـــــمد", "محمد"),
        ("Ｔａｎａｋａ\u3000Ｔａｒｏ", "Tanaka Taro"),
        ("ﾀﾅｶ ｼﾞﾛｳ", "タナカ ジロウ"),
        ("نیلوفر\u200c سادات\u200c", "نیلوفر سادات"),  # a joiner that joins nothing
        ("\u200dनेहा", "नेहा"),
        ("Zoë\u200dë Ан\u200dна", "Zoëë Анна"),
        ("Al\ufeffice (Ali\u2060ce)", "Alice (Alice)"),
    ],
)
def test_what_was_typed_is_tidied(typed: str, tidied: str) -> None:
    assert tidy_person_name(typed) == tidied
    assert tidy_organisation_name(typed) == tidied


ORGANISATIONS = [
    *("Mail.ru Group", "H2O.ai", "X.Org Foundation", "GOV.UK", "Booking.com", "S.Com.", "350.org"),
    *("RubyGems.org", "Opendata.ch", "350", "SC 1880", "24/7 AG", "M25", "42", "3M", "1848 e.V."),
    *("Women@Work", "IT@Spree e.V.", "Church@TheGreen", "@fire Katastrophenschutz e.V.", "@fire"),
    *(
        "Mail.ru/VK",
        "II",
        "№ 7",
        "㈱日の出",
        "C++ User Group",
        "-ky",
        "+Brücken e.V.",
        "Herz ♥ Hand",
    ),
    *("Attac!", "Zukunft > Vergangenheit", "B’nai B’rith 1", "Ø", "๙", "٣", "Jugend.de", "wir.de"),
]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_an_organisation_may_be_called_what_no_person_is(name: str) -> None:
    assert tidy_organisation_name(name) == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "letters"),
        ("...", "letters"),
        ("🌍🌍", "letters"),
        ("=1+1", "signs"),
        ("<b>Firma</b>", "signs"),
        ("Verein \ue000", "characters"),
        ("https://example.org", "link"),
        ("www.example.org", "link"),
        ("example.org/verein", "link"),
        ("info@example.org", "link"),
        ("a" * 101, "length"),
    ],
)
def test_what_is_no_name_of_an_organisation_is_refused_with_its_reason(
    name: str, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_organisation_name(name)
    assert refused.value.code == code


def test_t39_a_megabyte_is_refused_before_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def heavy(_text: str) -> str:
        raise AssertionError("normalised before its length was known")

    monkeypatch.setattr(names, "tidy_line", heavy)
    for name in ("a" * 1_000_000, "Z" + "\u0300" * 1_000_000, "w-" * 500_000):
        for tidy in TIDY:
            with pytest.raises(ValidationError) as refused:
                tidy(name)
            assert refused.value.code == "length"


@pytest.mark.parametrize(
    "text", ["http://x.example", "www.example", "Buy at example.shop/now", "suzie@example.org"]
)
def test_t06_links_are_refused_wherever_people_write(text: str) -> None:
    for tidy in TIDY:
        with pytest.raises(ValidationError) as refused:
            tidy(text)
        assert refused.value.code == "link"


@pytest.mark.parametrize(
    "text",
    [
        *("", "University of Tiefenbach, Dept. 3", "AT&T", "3rd year student", "C++ group"),
        *("cand.it.", "Dip.to di Matematica", "Dep.to de Física", "Prof.at TU Wien", "Mail.ru"),
        *("CEO @ Example", "Women@Work", "Школа № 57", "㈱日の出", "Sprecherin @attac", "42"),
        *("-", "<rede>frei", "M.Sc/B.Sc", "Leitung ♀"),
    ],
)
def test_an_affiliation_may_be_empty_and_hold_figures_and_signs(text: str) -> None:
    assert names.tidy_words(text, 150) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Danke für alles! 🙏",
            "✓ einverstanden",
            "☮",
            "🇩🇪 🏳\ufe0f\u200d🌈",
            "👩🏽\u200d⚕\ufe0f",
            "1\ufe0f\u20e3",
        ),
        *(
            "❤\ufe0f",
            "👨\u200d👩\u200d👧",
            "\U0001fae9",
            "100 % <3",
            "= ja",
            "@all: danke",
            "¯\\_(ツ)_/¯",
            "42",
        ),
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_a_comment_may_hold_emoji_and_signs(text: str) -> None:
    assert tidy_comment(text) == text


def test_a_comment_keeps_its_lines_and_loses_spaces_around_them() -> None:
    assert tidy_comment("\r\n  One  line \r\n\r\nanother\n") == "One line\n\nanother"
    assert tidy_comment("one\u2028two\x0bthree\rfour") == "one\ntwo\nthree\nfour"


def test_t20_a_comment_loses_hidden_characters_in_every_line() -> None:
    assert tidy_comment("fine\nsee \u202egro.live\u200e") == "fine\nsee gro.live"


# --- Lengths, as browsers count them ------------------------------------------------------------

LIMITS = [
    (tidy_person_name, 100),
    (tidy_organisation_name, 100),
    (partial(names.tidy_words, limit=150), 150),
    (tidy_comment, 500),
]
# What one letter more costs in the field, and what becomes of it.
LETTERS = {
    "Latin": "a",
    "composed to one": "o\u0308",
    "composed to two": "\u09df",
    "composed to three": "\ufb2c",
    "two units": "\U00020000",
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
@pytest.mark.parametrize(("tidy", "limit"), LIMITS, ids=["person", "group", "words", "comment"])
def test_what_the_field_took_is_not_too_long(
    tidy: Callable[[str], str], limit: int, letter: str
) -> None:
    fills = letter * (limit // length_as_typed(letter))
    assert len(tidy(fills)) <= names.MOST_OF_ONE * limit  # the column's


def test_a_line_end_counts_once_in_a_comment() -> None:
    """Browsers count it once, and send two characters."""
    assert len(tidy_comment("a\r\n" * 249 + "aa")) == 500
    with pytest.raises(ValidationError) as refused:
        tidy_comment("a\r\n" * 250 + "a")
    assert refused.value.code == "length"


def test_a_text_that_is_too_long_is_told_by_how_much() -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_person_name("a" * 400)
    assert refused.value.params == {"limit": 100, "length": 400}


def words() -> st.SearchStrategy[str]:
    """Mostly letters of every script, with accents, spaces and now and then anything else."""
    likely = st.text(st.characters(categories=["L", "Mn", "Mc", "Nd", "Zs", "Pd"]), max_size=30)
    tricky = st.text(
        st.sampled_from("aé नेم\u0300\u200c\u200d\u180b\n\r\t\x1c\x85" + BIDI + ZERO_WIDTH)
    )
    anything = st.text(st.characters(exclude_categories=()), max_size=120)  # and surrogates
    return st.one_of(likely, tricky, anything)


# Some of these stay in words of some scripts, and in emoji.
STAY = {
    *("\u200c", "\u200d", "\ufe0e", "\ufe0f"),
    *("\u180b", "\u180c", "\u180d", "\u180e", "\u180f", "\U000e0101"),
    *(chr(code) for code in range(0xE0030, 0xE0080)),
}


def hidden_in(text: str) -> set[str]:
    """Return what a text holds that nobody sees: controls, formats, bidi, zero width."""
    refused = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    found = {char for char in text if unicodedata.category(char) in refused}
    return (found | set(text) & {*BIDI, *ZERO_WIDTH}) - STAY


@given(words())
def test_t20_a_tidied_name_stays_as_it_is_and_can_be_shown(text: str) -> None:
    for tidy in (tidy_person_name, tidy_organisation_name):
        try:
            name = tidy(text)
        except ValidationError:
            continue
        assert tidy(name) == name
        assert 0 < len(name) <= names.MOST_OF_ONE * names.MAX_NAME_LENGTH
        assert hidden_in(name) == set()


@given(words())
def test_t20_a_tidied_affiliation_stays_as_it_is_and_can_be_shown(text: str) -> None:
    try:
        line = names.tidy_words(text, 150)
    except ValidationError:
        return
    assert names.tidy_words(line, 150) == line
    assert hidden_in(line) == set()


@given(words())
def test_t20_a_tidied_comment_stays_as_it_is_and_can_be_shown(text: str) -> None:
    try:
        comment = tidy_comment(text)
    except ValidationError:
        return
    assert tidy_comment(comment) == comment
    assert hidden_in(comment) <= {"\n"}
