"""Hundreds of invented people and organisations: how many are refused or held, and why each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from openletter.lib.people import names
from openletter.moderation import rules
from openletter.moderation.candidate import Candidate, Facts

HERE = Path(__file__).parent
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
TIDY: dict[str, Callable[[str], str]] = {
    "person": names.tidy_person_name,
    "organisation": names.tidy_organisation_name,
    "representative": lambda text: names.tidy_words(text, names.MAX_NAME_LENGTH),
    "title": lambda text: names.tidy_words(text, names.MAX_TITLE_LENGTH),
    "affiliation": lambda text: names.tidy_words(text, names.MAX_AFFILIATION_LENGTH),
    "comment": names.tidy_comment,
}


def reason_to_hold(about: Candidate) -> str:
    return rules.judge(about).because


@dataclass(frozen=True)
class Typed:
    """One line of a file, with what is said above it."""

    language: str
    field: str
    outcome: str
    reason: str
    text: str


def read(name: str) -> list[Typed]:
    found: list[Typed] = []
    language, field, outcome, reason = "", "", "", ""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            parts = [part.strip() for part in line[1:-1].split("|")]
            language, field, outcome, reason = [*parts, ""][:4]
        elif line and line != "#" and not line.startswith("# "):
            text = _ESCAPE.sub(lambda hit: chr(int(hit[1] or hit[2], 16)), line)
            text = text.replace("\\t", "\t")
            found.append(Typed(language, field, outcome, reason, text))
    return found


def judged(typed: Typed) -> tuple[str, str]:
    """Return what the form and then the rules say to it, as ("held", "mixed scripts")."""
    try:
        tidied = TIDY[typed.field](typed.text)
    except ValidationError as problem:
        return "refused", str(problem.code)
    words = {"name": "Suzie Signer", "represented_by": "", "title": "", "affiliation": ""}
    field = {"person": "name", "organisation": "name", "representative": "represented_by"}
    words |= {"comment": "", field.get(typed.field, typed.field): tidied}
    of_organisation = typed.field in {"organisation", "representative"}
    reason = reason_to_hold(
        Candidate(
            is_organisation=of_organisation,
            email_domain="example.org",
            facts=Facts(),
            **words,
        )
    )
    return ("held", reason) if reason else ("accepted", "")


PEOPLE = read("people_of_the_world.txt")
IN_BAD_FAITH = read("people_in_bad_faith.txt")


@pytest.mark.parametrize("name", ["people_of_the_world.txt", "people_in_bad_faith.txt"])
def test_t20_what_people_type_is_judged_as_is_right(name: str) -> None:
    wrong = {
        f"{typed.text!r} ({typed.language}, {typed.field})": judged(typed)
        for typed in read(name)
        if judged(typed) != (typed.outcome, typed.reason)
    }
    assert wrong == {}


def test_how_many_are_refused_and_held_and_why_each() -> None:
    told = Counter((typed.field, *judged(typed)) for typed in PEOPLE)
    assert sum(told.values()) >= 500
    assert len({typed.language for typed in PEOPLE}) >= 20
    assert len({typed.text for typed in PEOPLE}) >= 500
    assert {why: number for why, number in told.items() if why[1] != "accepted"} == {
        ("person", "refused", "handle"): 1,
        ("person", "refused", "link"): 1,
        ("person", "held", "looks Latin"): 2,
        ("person", "held", "web address"): 1,
        ("affiliation", "held", "mixed scripts"): 1,
        ("comment", "held", "web address"): 1,
    }


@pytest.mark.parametrize("language", ["en", "de"])
def test_whoever_is_refused_is_told_what_to_do(language: str) -> None:
    for typed in (*PEOPLE, *IN_BAD_FAITH):
        if typed.outcome == "refused":
            with translation.override(language), pytest.raises(ValidationError) as refused:
                TIDY[typed.field](typed.text)
            (sentence,) = refused.value.messages
            assert sentence.startswith(("Please ", "Bitte ")), sentence
            assert "%(" not in sentence
