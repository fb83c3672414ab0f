"""T21: the rules, each with names that it holds and names that it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib.names import tidy_name
from openletter.moderation import rules
from openletter.moderation.candidate import Candidate

MIXED, LOOKS, UNLIKE = "mixed scripts", "looks Latin", "unlike a name"

# First and last names as people have them, put together by us.
ORDINARY = {
    "Latin": [
        *("Suzie Signer", "Bréanainn Ó Maoláin", "Zoë Çelik-Đurić", "Anna III", "Aaron Aaltonen"),
        *("Anna Maria de la Cruz y Fernández", "Dr. Hannelore Zwißler-Okafor, M.A."),
        *("İbrahim Ağaoğlu", "Nguyễn Thị Hồng", "Mª José Ñáñez", "Þórdís Ægisdóttir"),
    ],
    "Russian": [
        *("Анна Иванова", "Сергей Петров", "Вера Соколова", "Роман Харитонов", "Тамара Носова"),
        *("Макар Орехов", "Ева Морозова", "ЕКАТЕРИНА СМИРНОВА", "Нора Сухарева", "Артём Хохлов"),
    ],
    "Ukrainian": [
        *("Тарас Коваленко", "Оксана Шевчук", "Ірина Мороз", "Соломія Сірко", "Їжакевич Ївга"),
        *("Мар’яна Дем’янчук", "Марʼяна Коваль", "Вікторія Хоменко"),
    ],
    "Bulgarian": ["Стоян Христов", "Рая Тошева", "Румяна Асенова", "Васил Сокеров", "Теа Хаджиева"],
    "Serbian, Macedonian": ["Јована Јовановић", "Срђан Ћосић", "Маја Косовић", "Ѓорѓи Ќосев"],
    "Greek": [
        *("Μαρία Νάνου", "Άννα Κούρου", "Νίκος Παπαδόπουλος", "Ελένη Ρίζου", "Γιάννης Ξένος"),
        *("Χαρά Μιχαηλίδου", "Ξένια Παπαδοπούλου", "ΓΙΩΡΓΟΣ ΠΑΠΑΣ", "Ιωάννα Μίχου"),
    ],
    "Others": [
        *("Айгүл Қасымова", "Бат-Эрдэнэ Ганзориг", "Անի Հակոբյան", "ნინო ბერიძე", "יעל כהן"),
        *("محمد الخطيب", "नेहा शर्मा", "செல்வி முருகன்", "สมชาย ใจดี", "အောင် ကျော်", "አበበ በቀለ"),
        *("王小明", "김민준", "アンナ・スミス", "ローラ 田中", "さくら 佐々木", "ᏣᎳᎩ ᎠᏓᏪᎯ"),
    ],
    "Latin and one more": [
        *(
            "李 Smith",
            "Smith 李小龍",
            "田中 Anna",
            "ローラ・Smith さん",
            "김 Müller",
            "김李 Müller",
        ),
        *("Anna שרה Levi", "नेहा Sharma", "محمد Khan", "ნინო Smith"),
    ],
}
HELD = [
    ("Аlice", MIXED),  # a Cyrillic first letter
    ("Υann LеCun", MIXED),  # Greek and Cyrillic ones
    ("Suzie Sіgner", MIXED),
    ("Αnna Smith", MIXED),
    ("Mаria-Luisa", MIXED),
    ("Анна Smith", MIXED),  # a word of each
    ("Anna Δημητρίου", MIXED),
    ("Անի Smith", MIXED),
    ("ᏣᎳᎩ Smith", MIXED),
    ("ꓢꓮꓟ Altman", MIXED),
    ("Ⲁnna Smith", MIXED),  # a script that nobody writes today
    ("Анна Παππά", MIXED),
    ("李 Иванова", MIXED),
    ("محمد 李 Smith", MIXED),
    ("Anna محمد नेहा", MIXED),
    ("𝐘ann Smith", MIXED),  # a mathematical letter
    ("Ｙａｎｎ Smith", MIXED),  # full-width letters
    ("Сосо Аре", LOOKS),  # Cyrillic in every letter, like the next three
    ("Ѕаѕһа Роре", LOOKS),
    ("ТІМ СООК", LOOKS),
    ("Ј. Ѕ. Вас", LOOKS),
    ("ΜΑΧ ΝΙΚΟΥ", LOOKS),  # Greek
    ("Νινα Ραυ", LOOKS),
    ("ᎷᎪᎡᎩ ᏚᎳᎥᎢ", LOOKS),  # Cherokee, in capitals and in small letters
    ("Ꮇꭺꮢꭹ", LOOKS),
    ("ꓢꓮꓟ ꓮꓡꓔꓟꓮꓠ", LOOKS),  # Lisu
    ("Тарас Косар", LOOKS),  # an ordinary name, and a person lets it pass
    ("aaaaaaaaa", UNLIKE),
    ("HAHAHAAAAA", UNLIKE),
    ("Sign this now because it is the right thing to do", UNLIKE),
]


def candidate(name: str = "Suzie Signer", *, affiliation: str = "") -> Candidate:
    return Candidate(
        name=name, title="", affiliation=affiliation, comment="", email_domain="example.org"
    )


@pytest.mark.parametrize("name", [name for names in ORDINARY.values() for name in names])
def test_t21_ordinary_names_of_every_script_are_left_alone(name: str) -> None:
    assert rules.reason_to_hold(candidate(name)) == ""


@pytest.mark.parametrize(("name", "reason"), HELD)
def test_t21_what_only_looks_like_a_name_waits_for_a_person(name: str, reason: str) -> None:
    assert rules.reason_to_hold(candidate(name)) == reason


def test_t21_an_affiliation_of_mixed_scripts_waits_too() -> None:
    assert rules.reason_to_hold(candidate(affiliation="Univеrsity of Tiefenbach")) == MIXED
    assert rules.reason_to_hold(candidate(affiliation="Институт Lakeside")) == ""
    assert rules.reason_to_hold(candidate(affiliation="ООО Сова")) == ""


def test_every_rule_gives_a_short_reason_of_its_own() -> None:
    reasons = [rule.REASON for rule in rules.RULES]
    assert len(set(reasons)) == len(reasons)
    assert all(0 < len(reason) <= 60 for reason in reasons)  # as long as the column


def test_the_first_rule_that_holds_gives_the_reason() -> None:
    assert rules.reason_to_hold(candidate("Аааааааа Alice Аlice")) == MIXED


def test_t21_a_held_name_is_still_taken() -> None:
    """Flagged for a person to look at, never refused."""
    for name, _reason in HELD:
        assert tidy_name(name) == name


def test_a_name_without_letters_looks_like_nothing() -> None:
    assert rules.reason_to_hold(candidate("007")) == ""


@given(st.text(st.characters(categories=["L", "M", "Zs", "Pd", "P"]), max_size=100))
def test_t21_every_name_gets_an_answer(name: str) -> None:
    assert rules.reason_to_hold(candidate(name, affiliation=name)) in {"", MIXED, LOOKS, UNLIKE}
