"""Documents and comments name files, folders, names in them, and headings that are there."""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from runner.locations import ROOT
from tests.definitions import defined_in

SOURCES = sorted(
    path for folder in ("openletter", "runner", "dev") for path in (ROOT / folder).rglob("*.py")
)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# What else has comments.
OTHERS = [
    *(ROOT / name for name in ("run", ".ci/run", "pyproject.toml")),
    *(path for folder in (ROOT, ROOT / "dev") for path in folder.glob("*.in")),
]
# Where the path of a file or a folder begins when a document names it.
_BEGINNINGS = ("", "openletter/", "openletter/lib/", "templates/", "static/", "docs/")
_FILE = re.compile(r"`/?([\w./-]+\.(?:py|md|html|js|css|toml|txt|conf|sql))`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)")
_MODULE_AND_NAME = re.compile(r"`([\w/.-]+\.py)`:?\s+`(\w+)`")
_TEST_AND_NUMBERS = re.compile(r"`([\w/.-]*test_\w+\.py)` \(((?:`[tfi]\d+`(?:, )?)+)\)")
# A link to a file of ours, and the name behind it that is to be looked at there.
_NAME_IN_FILE = re.compile(r"\]\((\.\./[^)#\s]*\.py)\)\s+`(\w+)`")
_NAMED_IN_CODE = re.compile(r"(?<![\w/.<{}-])(?:(?:[\w-]+/)*\w+\.py|docs/\w+\.md)\b")
# Two folders, or a folder and a module without its ".py"; no address, no path with gaps.
_FOLDER = re.compile(r"(?<![\w/.<>{}@:%-])((?:[\w-]+/)+[\w-]+/?)(?![\w/.<{%*-]*[\w</{%*])")
_FOLDER_BY_ITSELF = re.compile(r"`([\w-]+)/`")
_DOTTED = re.compile(r"(?<![\w/.@:<{-])((?:[a-z_]\w*\.)+\w+)(?![\w/@-])")
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


@cache
def modules() -> dict[str, list[Path]]:
    """Return our modules by their own names; a package's is that of its folder."""
    found: dict[str, list[Path]] = {}
    for path in [*SOURCES, *(ROOT / "tests").rglob("*.py")]:
        found.setdefault(path.parent.name if path.stem == "__init__" else path.stem, []).append(
            path
        )
    return found


@cache
def folders() -> frozenset[str]:
    """Return what our folders are called."""
    return frozenset(part for path in ours() for part in path.split("/")[:-1]) | {"openletter"}


@cache
def beginnings() -> frozenset[str]:
    """Return what the path of a folder begins with when it is named."""
    places = [ROOT / place for place in ("", "openletter", "openletter/lib")]
    return folders() & {folder.name for place in places for folder in place.iterdir()}


def is_there(path: str) -> bool:
    """Say whether a folder is there, or a module that is named without its ".py"."""
    places = [ROOT / start / path for start in _BEGINNINGS]
    return any(place.exists() or place.with_suffix(".py").exists() for place in places)


def comments_in(source: Path) -> Iterator[str]:
    """Return what a module says to its readers: comments and docstrings."""
    with source.open("rb") as opened:
        for token in tokenize.tokenize(opened.readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def words_in(source: Path) -> set[str]:
    """Return what a module calls things, without what it only says about them."""
    found = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    return {node.id for node in found if isinstance(node, ast.Name)} | defined_in(source)


def is_name_of_code(dotted: str) -> bool:
    """Say whether it looks like one, and not like a domain or a file."""
    *_front, name = dotted.split(".")
    return "_" in dotted or re.fullmatch(r"[A-Z]\w{2,}", name) is not None


def means_something(dotted: str, words: set[str]) -> bool:
    """Say whether `module.name` or `package.module` is there, or is no name of ours."""
    first, *_between, name = dotted.split(".")
    module = dotted.split(".")[-2]
    if any(name in defined_in(path) for path in modules().get(module, [])):
        return True
    if is_there(dotted.replace(".", "/")):
        return True
    if module in modules():
        return False
    return first in words or first in sys.stdlib_module_names or find_spec(first) is not None


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
        for source in [*SOURCES, *OTHERS]
        for name in set(_NAMED_IN_CODE.findall(source.read_text(encoding="utf-8")))
        if not files(name)
    ]
    assert missing == []


def folders_that_are_missing(text: str) -> Iterator[str]:
    for path in _FOLDER.findall(text):
        if path.split("/")[0] in beginnings() and not is_there(path):
            yield path
    for name in _FOLDER_BY_ITSELF.findall(text):
        if name not in folders() | {"var"}:
            yield name


@pytest.mark.slow
def test_every_folder_that_is_named_is_there() -> None:
    said = {source: "\n".join(comments_in(source)) for source in SOURCES}
    said |= {page: page.read_text(encoding="utf-8") for page in [*PAGES, *OTHERS]}
    assert [
        f"{where.relative_to(ROOT)}: {path}"
        for where, text in said.items()
        for path in folders_that_are_missing(text)
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_dotted_name_in_a_document_is_there(page: Path) -> None:
    found = re.findall(r"`([a-z_][\w.]*\.\w+)(?:\(…?\))?`", page.read_text(encoding="utf-8"))
    assert [
        dotted
        for dotted in found
        if is_name_of_code(dotted) and not files(dotted) and not means_something(dotted, set())
    ] == []


@pytest.mark.slow
def test_every_dotted_name_in_a_comment_is_there() -> None:
    missing = [
        f"{source.relative_to(ROOT)}: {dotted}"
        for source in SOURCES
        for text in comments_in(source)
        for dotted in _DOTTED.findall(text)
        if is_name_of_code(dotted)
        and not files(dotted)
        and not means_something(dotted, words_in(source))
    ]
    assert missing == []


@pytest.mark.parametrize("dotted", ["connections.LIMITS", "connection_options.NO_LIMITS"])
def test_a_dotted_name_that_leads_nowhere_is_found(dotted: str) -> None:
    assert is_name_of_code(dotted)
    assert not means_something(dotted, set())


def test_a_folder_that_is_not_there_is_found() -> None:
    text = "as `markups/` and lib/postgresql say, not and/or lib/db/postgresql"
    assert list(folders_that_are_missing(text)) == ["lib/postgresql", "markups"]
