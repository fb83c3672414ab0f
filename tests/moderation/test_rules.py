"""T21: the rules, each with names that it holds and names that it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib.people.names import tidy_person_name
from openletter.moderation import rules
from openletter.moderation.candidate import Candidate, Facts
from tests.live.people import named

MIXED, LOOKS, UNLIKE = "mixed scripts", "looks Latin", "unlike a name"
WEB = "web address"

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
    "A word of each": [
        *("Иван Петров (Ivan Petrov)", "Иван «vano» Петров", "Пётр Иванов (Yandex)"),
        *("Пётр Иванов II", "Павел III Романов", "Μαρία Νάνου (Maria Nanou)", "Анна Smith"),
        *("Anna Δημητρίου", "Անի Smith", "ᏣᎳᎩ Smith", "Вера Носова / Vera Nosova", "Ivan [Иван]"),
        *("Жанна д’Арк (Jeanne d'Arc)", "Ольга Smith-Петрова", "Γιώργος “George” Παππάς"),
        *("Пётр Иванов, PhD", "А. С. Орлов (A. S. Orlov)", "김민준 (Minjun Kim)", "নাসরিন Begum"),
    ],
    "Long": [
        "Prof. Dr. Dr. h. c. mult. Maria Anna Sophie von und zu Hohenfels-Lauterbach",
        "Ana María de los Ángeles Fernández de la Cueva y Ortiz de Zárate",
        "محمد بن عبد الله بن أحمد بن علي بن حسن آل سالم",
        "Pedro de Alcântara João Carlos Leopoldo Salvador Bibiano",
    ],
    "With a dot": [
        *("Dr.in Maria Huber", "Prof.in Dr.in Eva Lang", "prof.dr.ir. J. de Vries", "Th.de Boer"),
        *("Sig.na Rossi", "J.de Boer", "Dr.med. Sam Li", "Martin Luther King Jr.", "M.A. Anna"),
    ],
}
HELD = [
    ("Аlice", MIXED),  # a Cyrillic first letter
    ("Υann LеCun", MIXED),  # Greek and Cyrillic ones
    ("Suzie Sіgner", MIXED),
    ("Αnna Smith", MIXED),
    ("Mаria-Luisa", MIXED),
    ("Yann LеCun", MIXED),  # with a Cyrillic е
    ("Иван Pетров", MIXED),  # with a Latin P
    ("Пётр ИвановII", MIXED),
    ("Anna (Аnna)", MIXED),
    ("Anna-Mаria", MIXED),
    ("Maria Nάnou", MIXED),
    ("Annа Smith", MIXED),
    ("Smith-Lее", MIXED),
    ("Ⲁnna Smith", MIXED),  # a script that nobody writes today
    ("Анна Παππά", MIXED),
    ("李 Иванова", MIXED),
    ("محمد 李 Smith", MIXED),
    ("Anna محمد नेहा", MIXED),
    ("𝐘ann Smith", MIXED),  # a mathematical letter
    ("ꓢꓮꓟ Altman", LOOKS),  # one name of it in another alphabet
    ("Сосо Chanel", LOOKS),
    ("Peter А. Smith", LOOKS),
    ("О'Brien", LOOKS),
    ("ВОВ Dylan", LOOKS),
    ("Νινα Simone", LOOKS),
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
    ("casino.win", WEB),
    ("Anna evil.com", WEB),
    ("Win at example.com now", WEB),
    ("Booking.com", WEB),  # under which a person signs
    ("aaaaaaaaa", UNLIKE),
    ("HAHAHAAAAA", UNLIKE),
    ("Sign this now because it is the right thing to do", UNLIKE),
]


def candidate(name: str = "Suzie Signer", *, organisation: bool = False, **words: str) -> Candidate:
    nothing = {"represented_by": "", "title": "", "affiliation": "", "comment": ""}
    return Candidate(
        is_organisation=organisation,
        name=name,
        email_domain="example.org",
        facts=Facts(),
        **{**nothing, **words},
    )


def reason_to_hold(about: Candidate) -> str:
    return rules.judge(about).because


@pytest.mark.parametrize("name", [name for names in ORDINARY.values() for name in names])
def test_t21_ordinary_names_of_every_script_are_left_alone(name: str) -> None:
    assert reason_to_hold(candidate(name)) == ""


@pytest.mark.parametrize(("name", "reason"), HELD)
def test_t21_what_only_looks_like_a_name_waits_for_a_person(name: str, reason: str) -> None:
    assert reason_to_hold(candidate(name)) == reason


def test_t21_an_affiliation_of_mixed_scripts_waits_too() -> None:
    assert reason_to_hold(candidate(affiliation="Univеrsity of Tiefenbach")) == MIXED
    assert reason_to_hold(candidate(affiliation="Институт Lakeside")) == ""
    assert reason_to_hold(candidate(affiliation="ООО Сова")) == ""


ORGANISATIONS = [
    "Bundesarbeitsgemeinschaft der Immigrantenverbände in der Bundesrepublik Deutschland e. V.",
    "Verein zur Förderung der Kinder- und Jugendarbeit in der Stadt am See und im Umland e. V.",
    "Association pour la défense des droits des locataires et des habitants de la vallée",
    *("Mail.ru Group", "H2O.ai", "GOV.UK", "Booking.com", "S.Com.", "350.org", "Opendata.ch"),
    *("350", "SC 1880", "24/7 AG", "M25", "42", "3M", "1848 e.V.", "Women@Work", "@fire", "WWF"),
    *("ООО Siemens", "АО «Самрук»", "РАН", "ТАСС", "Vodafone Α.Ε.", "СССР-Museum", "Медиа Group"),
    *(
        "IT-компания «Вектор»",
        "Институт Lakeside",
        "株式会社Example",
        "XXXLager",
        "Общество Ἀθηνᾶ 日本",
    ),
]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_t21_an_organisation_has_a_name_that_no_person_has(name: str) -> None:
    assert reason_to_hold(candidate(name, organisation=True)) == ""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Аmnesty", MIXED),
        ("Greenpеace Deutschland", MIXED),
        ("АТТАС", LOOKS),
        ("АТТАС Deutschland", LOOKS),
        ("КиноPoint", MIXED),
        ("AAAAAAA", UNLIKE),
        ("+49 170 1234567", UNLIKE),
    ],
)
def test_t21_what_only_looks_like_an_organisation_waits_for_a_person(
    name: str, reason: str
) -> None:
    assert reason_to_hold(candidate(name, organisation=True)) == reason


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ("Anna Beispiel, Vorsitzende", ""),
        ("Аnna Beispiel", MIXED),
        ("evil.com", WEB),
        ("Сосо", LOOKS),
    ],
)
def test_t21_who_signs_for_an_organisation_is_judged_as_a_person(person: str, reason: str) -> None:
    club = candidate("Verein", organisation=True, represented_by=person)
    assert reason_to_hold(club) == reason


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("Danke für alles! 🙏", ""),
        ("We are for it.In fact, all of us", ""),
        ("Иван signs, too. Μαζί!", ""),
        ("Buy at example.shop", WEB),
    ],
)
def test_t06_a_comment_waits_for_a_person_when_it_may_advertise(comment: str, reason: str) -> None:
    assert reason_to_hold(candidate(comment=comment)) == reason


@pytest.mark.parametrize("firm", ["Mail.ru", "Booking.com", "IT-компания", "GOV.UK", "ООО Siemens"])
def test_an_affiliation_may_be_called_like_an_address(firm: str) -> None:
    assert reason_to_hold(candidate(affiliation=firm, title=firm)) == ""


def test_every_rule_gives_a_short_reason_of_its_own() -> None:
    reasons = [rule.REASON for rule in rules.RULES]
    assert len(set(reasons)) == len(reasons)
    assert all(0 < len(reason) <= 20 for reason in reasons)  # as long as the column of flags


def test_the_first_rule_that_holds_gives_the_reason() -> None:
    assert reason_to_hold(candidate("Аааааааа Alice Аlice")) == MIXED


def test_t21_a_held_name_is_still_taken() -> None:
    """Flagged for a person to look at, never refused."""
    for name, _reason in HELD:
        assert tidy_person_name(name) == name


def test_a_name_without_letters_looks_like_nothing() -> None:
    assert reason_to_hold(candidate("007")) == ""


@given(st.text(st.characters(categories=["L", "M", "Zs", "Pd", "P"]), max_size=100))
def test_t21_every_name_gets_an_answer(name: str) -> None:
    answers = {"", MIXED, LOOKS, UNLIKE, WEB, "slogan"}
    for organisation in (False, True):
        about = candidate(name, organisation=organisation, affiliation=name, comment=name)
        assert reason_to_hold(about) in answers


def test_no_rule_holds_the_people_whom_tests_of_running_sites_invent() -> None:
    """A number in letters, "Mcccc", was held: what is counted then depended on the number."""
    names = [named(number) for number in range(1, 5000)]
    assert [name for name in names if reason_to_hold(candidate(name))] == []
    assert len({*names}) == len(names)


@pytest.mark.parametrize(
    "name",
    [
        "Stop the madness now",
        "Wir sind das Volk",
        "Free beer!",
        "#saynotothis",
        "Vote against this",
        "Non à ça, c'est pas",
    ],
)
def test_a_slogan_is_no_name(name: str) -> None:
    assert reason_to_hold(candidate(name)) == "slogan"


def test_a_slogan_is_no_title_and_no_affiliation() -> None:
    assert reason_to_hold(candidate(title="Buy now!")) == "slogan"
    assert reason_to_hold(candidate(affiliation="Team #win")) == "slogan"
    assert reason_to_hold(candidate("Nein zu Gleis 3!", organisation=True)) == ""
    assert reason_to_hold(candidate(title="C# developer", affiliation="Team #1 Lab")) == "slogan"
    assert reason_to_hold(candidate(title="C# developer")) == ""
