"""The documents name files, and link to headings, that are there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from dev.locations import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# Where the path of a file begins when a document names it.
_BEGINNINGS = ("", "openletter/", "templates/", "static/", "docs/")
_FILE = re.compile(r"`/?([\w./-]+\.(?:py|md|html|js|css|toml|txt|conf|sql))`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@cache
def ours() -> frozenset[str]:
    return frozenset(
        str(path.relative_to(ROOT))
        for folder in ("openletter", "templates", "static", "docs", "dev", "tests", "locale")
        for path in (ROOT / folder).rglob("*.*")
    ) | {path.name for path in ROOT.iterdir()}


def is_there(name: str) -> bool:
    """Say whether there is such a file; without a folder, anywhere."""
    if "/" in name:
        return any(beginning + name in ours() for beginning in _BEGINNINGS)
    return any(path.rpartition("/")[2] == name for path in ours())


def anchors(page: Path) -> set[str]:
    """Return what links to the headings of a page end with."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_document_names_is_there(page: Path) -> None:
    named = set(_FILE.findall(page.read_text(encoding="utf-8")))
    assert {name for name in named if not is_there(name)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_in_a_document_leads_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        other = page.parent / target if target else page
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), anchor
