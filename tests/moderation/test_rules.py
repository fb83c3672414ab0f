"""T21: the rules, each with names that it holds and names that it leaves alone."""

from __future__ import annotations

import pytest

from openletter.moderation import rules
from openletter.moderation.candidate import Candidate

MIXED, UNLIKE = "mixed scripts", "unlike a name"

ORDINARY = [
    "Suzie Signer",
    "李 Smith",
    "Smith 李小龍",
    "田中 Anna",
    "김 Müller",
    "Анна Иванова",
    "Ξένια Παπαδοπούλου",
    "محمد الخطيب",
    "नेहा शर्मा",
    "Bréanainn Ó Maoláin",
    "Zoë Çelik-Đurić",
    "Anna III",
    "Aaron Aaltonen",
    "Anna Maria de la Cruz y Fernández",
    "Dr. Hannelore Zwißler-Okafor, M.A.",
]
HELD = [
    ("Аlice", MIXED),  # a Cyrillic first letter
    ("Υann LеCun", MIXED),  # Greek and Cyrillic ones
    ("Suzie Sіgner", MIXED),
    ("Αnna Smith", MIXED),
    ("Mаria-Luisa", MIXED),
    ("𝐘ann Smith", MIXED),  # a mathematical letter
    ("Ｙａｎｎ Smith", MIXED),  # full-width letters
    ("aaaaaaaaa", UNLIKE),
    ("HAHAHAAAAA", UNLIKE),
    ("Sign this now because it is the right thing to do", UNLIKE),
]


def candidate(name: str = "Suzie Signer", *, affiliation: str = "") -> Candidate:
    return Candidate(
        name=name, title="", affiliation=affiliation, comment="", email_domain="example.org"
    )


@pytest.mark.parametrize("name", ORDINARY)
def test_t21_ordinary_names_of_every_script_are_left_alone(name: str) -> None:
    assert rules.reason_to_hold(candidate(name)) == ""


@pytest.mark.parametrize(("name", "reason"), HELD)
def test_t21_what_only_looks_like_a_name_waits_for_a_person(name: str, reason: str) -> None:
    assert rules.reason_to_hold(candidate(name)) == reason


def test_t21_an_affiliation_of_mixed_scripts_waits_too() -> None:
    assert rules.reason_to_hold(candidate(affiliation="Univеrsity of Tiefenbach")) == MIXED
    assert rules.reason_to_hold(candidate(affiliation="Институт Lakeside")) == ""


def test_every_rule_gives_a_short_reason_of_its_own() -> None:
    reasons = [rule.REASON for rule in rules.RULES]
    assert len(set(reasons)) == len(reasons)
    assert all(0 < len(reason) <= 60 for reason in reasons)  # as long as the column


def test_the_first_rule_that_holds_gives_the_reason() -> None:
    assert rules.reason_to_hold(candidate("Аааааааа Alice Аlice")) == MIXED
