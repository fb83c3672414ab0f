"""Documents and comments name files, names in them, and headings that are there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from runner.locations import ROOT
from tests.definitions import defined_in

SOURCES = sorted(
    path for folder in ("openletter", "runner", "dev") for path in (ROOT / folder).rglob("*.py")
)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# Where the path of a file begins when a document names it.
_BEGINNINGS = ("", "openletter/", "templates/", "static/", "docs/")
_FILE = re.compile(r"`/?([\w./-]+\.(?:py|md|html|js|css|toml|txt|conf|sql))`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)")
_MODULE_AND_NAME = re.compile(r"`([\w/.-]+\.py)`:?\s+`(\w+)`")
_TEST_AND_NUMBERS = re.compile(r"`([\w/.-]*test_\w+\.py)` \(((?:`[tfi]\d+`(?:, )?)+)\)")
# A link to a file of ours, and the name behind it that is to be looked at there.
_NAME_IN_FILE = re.compile(r"\]\((\.\./[^)#\s]*\.py)\)\s+`(\w+)`")
_NAMED_IN_CODE = re.compile(r"(?<![\w/.<{}-])(?:(?:[\w-]+/)*\w+\.py|docs/\w+\.md)\b")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@cache
def ours() -> frozenset[str]:
    return frozenset(
        str(path.relative_to(ROOT))
        for folder in (
            "openletter",
            "templates",
            "static",
            "docs",
            "runner",
            "dev",
            "tests",
            "locale",
        )
        for path in (ROOT / folder).rglob("*.*")
    ) | {path.name for path in ROOT.iterdir()}


def files(name: str) -> list[Path]:
    """Return the files that a name may mean; without a folder, anywhere."""
    if "/" in name:
        return [ROOT / start / name for start in _BEGINNINGS if start + name in ours()]
    return [ROOT / path for path in ours() if path.rpartition("/")[2] == name]


def anchors(page: Path) -> set[str]:
    """Return what links to the headings of a page end with."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_document_names_is_there(page: Path) -> None:
    named = set(_FILE.findall(page.read_text(encoding="utf-8")))
    assert {name for name in named if not files(name)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_in_a_document_leads_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        other = page.parent / target if target else page
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_behind_a_link_is_defined_in_the_file(page: Path) -> None:
    found = _NAME_IN_FILE.findall(page.read_text(encoding="utf-8"))
    assert [
        f"{file} {name}"
        for file, name in found
        if name not in defined_in((page.parent / file).resolve())
    ] == []


def test_the_way_of_one_signature_names_what_it_passes() -> None:
    page = (ROOT / "docs/ten-minutes.md").read_text(encoding="utf-8")
    assert len(_NAME_IN_FILE.findall(page)) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_behind_a_module_is_defined_there(page: Path) -> None:
    found = _MODULE_AND_NAME.findall(page.read_text(encoding="utf-8"))
    assert [
        f"{module} {name}"
        for module, name in found
        if not any(name in defined_in(file) for file in files(module))
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_of_an_attack_stands_in_the_test_that_is_named(page: Path) -> None:
    for module, numbers in _TEST_AND_NUMBERS.findall(page.read_text(encoding="utf-8")):
        names = {name for file in files(module) for name in defined_in(file)}
        for number in re.findall(r"\w+", numbers):
            assert any(number in name.split("_") for name in names), f"{module} {number}"


def test_every_file_that_a_comment_names_is_there() -> None:
    missing = [
        f"{source.relative_to(ROOT)}: {name}"
        for source in SOURCES
        for name in set(_NAMED_IN_CODE.findall(source.read_text(encoding="utf-8")))
        if not files(name)
    ]
    assert missing == []
