"""Sentences that depend on the number: on the page, and as templates for the script."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone, translation

from openletter.counters import words
from openletter.counters.counts import Numbers
from openletter.counters.templatetags import number_words

LANGUAGES = ["en", "de"]


def numbers(people: int = 0, *, unnamed: int = 0, erased: int = 0, **versions: int) -> Numbers:
    by_version = {int(name[1:]): count for name, count in versions.items()}
    return Numbers(
        people=people or sum(by_version.values()),
        organisations=0,
        goal=None,
        as_of=timezone.now(),
        unnamed=unnamed,
        erased=erased,
        by_version=by_version,
    )


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ({}, ""),
        ({"v1": 13}, ""),
        ({"v1": 0, "v2": 0}, ""),
        ({"v1": 0, "v2": 13}, ""),
        ({"v1": 13, "v2": 0}, "all on version 1"),
        ({"v1": 0, "v2": 13, "v3": 0}, "all on version 2"),
        ({"v1": 1_300, "v2": 4}, "1,300 of them on version 1"),
        ({"v1": 8, "v2": 5, "v3": 0}, "all on earlier versions"),
        ({"v1": 8, "v2": 5, "v3": 1}, "13 of them on earlier versions"),
    ],
)
def test_it_is_told_how_many_signed_another_text(versions: dict[str, int], said: str) -> None:
    assert words.about_versions(numbers(**versions)) == said


@pytest.mark.parametrize(
    ("people", "unnamed", "shown", "said"),
    [
        (0, 0, 0, ""),
        (20, 0, 20, ""),
        (19, 0, 20, ""),
        (21, 0, 20, "and one more"),
        (22, 0, 20, "and 2 more"),
        (21, 1, 20, "and one more who prefers not to be named"),
        (22, 2, 20, "and 2 more who prefer not to be named"),
        (22, 1, 20, "and 2 more, one of whom prefers not to be named"),
        (101_714, 10_206, 32, "and 101,682 more, of whom 10,206 prefer not to be named"),
        (21, 5, 20, "and one more who prefers not to be named"),
        (1, 1, 0, "One person or organisation that prefers not to be named"),
        (3, 3, 0, "3 people or organisations that prefer not to be named"),
        (2, 1, 0, "2 signatures. Reload this page to see who signed."),
        (1, 0, 0, "One signature. Reload this page to see who signed."),
    ],
)
def test_it_is_told_who_is_not_shown(people: int, unnamed: int, shown: int, said: str) -> None:
    assert words.about_others(numbers(people, unnamed=unnamed), shown=shown) == said


@pytest.mark.parametrize(
    ("erased", "shown", "others", "of_erased"),
    [
        (0, 20, "and 5 more, of whom 2 prefer not to be named", ""),
        (1, 20, "and 4 more, of whom 2 prefer not to be named", "One signature counts without a"),
        (3, 20, "and 2 more who prefer not to be named", "3 signatures count without a name"),
        (5, 20, "", "5 signatures count without a name"),
        (25, 0, "", "25 signatures count without a name"),
    ],
)
def test_whose_data_was_deleted_has_a_sentence_of_their_own(
    erased: int, shown: int, others: str, of_erased: str
) -> None:
    of_letter = numbers(25, unnamed=2, erased=erased)
    assert words.about_others(of_letter, shown=shown) == others
    said = words.about_erased(of_letter)
    assert said.startswith(of_erased)
    assert bool(said) == bool(of_erased)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_has_a_form_for_one_and_for_many(language: str) -> None:
    with translation.override(language):
        for kind, forms in words.templates_about_others().items():
            assert [example for example, _form in forms] in ([1], [1, 2]), kind
            assert not any("%" in form for _example, form in forms)
            assert "{more}" in forms[-1][1] or "{unnamed}" in forms[-1][1]


def test_a_language_with_three_plurals_gives_the_script_three_forms() -> None:
    def in_polish(number: int) -> str:
        tens, ones = divmod(number, 10)
        few = 2 <= ones <= 4 and tens % 10 != 1
        return "{more} podpis" if number == 1 else "{more} podpisy" if few else "{more} podpisów"

    forms = words._forms(in_polish)
    assert [example for example, _form in forms] == [1, 2, 5]


def test_a_page_gets_the_templates_of_its_language() -> None:
    """However often, and whichever language was asked for first."""
    for language in (*LANGUAGES, *LANGUAGES):
        with translation.override(language):
            assert json.loads(number_words.templates_about_versions()) == (
                words.templates_about_versions()
            )
            others = json.loads(number_words.templates_about_others())
            assert others == json.loads(json.dumps(words.templates_about_others()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_about_versions_names_its_places(language: str) -> None:
    with translation.override(language):
        found = words.templates_about_versions()
    for kind, template in found.items():
        assert ("{version}" in template) == kind.endswith("one")
        assert ("{earlier}" in template) == kind.startswith("some")


@pytest.mark.parametrize(
    ("number", "in_english", "in_german"),
    [
        (1, "1st", "1."),
        (2, "2nd", "2."),
        (3, "3rd", "3."),
        (4, "4th", "4."),
        (10, "10th", "10."),
        (11, "11th", "11."),
        (12, "12th", "12."),
        (13, "13th", "13."),
        (20, "20th", "20."),
        (21, "21st", "21."),
        (101, "101st", "101."),
        (112, "112th", "112."),
        (122, "122nd", "122."),
        (1_013, "1,013th", "1.013."),
        (28_883, "28,883rd", "28.883."),
    ],
)
def test_a_place_is_said_as_people_say_it(number: int, in_english: str, in_german: str) -> None:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = words.ordinal(number)
    assert said == {"en": in_english, "de": in_german}
