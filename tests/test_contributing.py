"""CONTRIBUTING.md leads a newcomer: to rooms that are there, and to names that are defined in them.

In the table "to add … touch …" everything in backticks is a path, a name that is defined in the
file before it, or something with a space in it, such as a command. `<name>` stands for what the
newcomer will call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.locations import ROOT
from tests.definitions import defined_in

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
# Where a path begins: a package is named without the folder of all packages.
_BEGINNINGS = ("openletter", ".")
_PATH = re.compile(r"[\w<>-]+(?:[/.][\w<>.-]+)*(?:/|\.(?:py|md|html|js|css|toml|txt|svg|po|in))")
_NAME = re.compile(r"@?(\w+)(?:\(…?\))?")
_LEAST_ROWS = 20
_MANY = 12


def part(heading: str) -> str:
    _before, found, after = CONTRIBUTING.partition(f"\n## {heading}\n")
    assert found, heading
    return after.partition("\n## ")[0]


def rows() -> dict[str, str]:
    """Return what is added, and what is touched for it."""
    cells = re.findall(r"^\| ([^|]+) \| (.+) \|$", part("What a newcomer touches"), re.MULTILINE)
    return {what: touched for what, touched in cells if what != "to add"}


def files(path: str) -> list[Path]:
    pattern = re.sub(r"<\w+>", "*", path.rstrip("/"))
    return [found for beginning in _BEGINNINGS for found in (ROOT / beginning).glob(pattern)]


def problems(touched: str) -> Iterator[str]:
    """Follow a row: each path, and each name in the files of the path before it."""
    found: list[Path] = []
    for said in re.findall(r"`([^`]+)`", touched):
        if " " in said:
            continue
        if _PATH.fullmatch(said):
            found = files(said)
            if not found:
                yield f"there is no {said}"
        elif not (name := _NAME.fullmatch(said)):
            yield f"{said} is neither a path nor a name"
        elif not any(one.is_file() and name[1] in defined_in(one) for one in found):
            yield f"{said} is not defined in the file before it"


def test_the_table_has_the_rows_that_newcomers_look_for() -> None:
    assert len(rows()) >= _LEAST_ROWS
    for what in ("a field on signatures", "a setting", "a mail", "a page", "a task", "a migration"):
        assert what in rows()


@pytest.mark.parametrize("what", rows())
def test_what_a_row_names_is_there(what: str) -> None:
    assert list(problems(rows()[what])) == []


@pytest.mark.parametrize(
    ("touched", "problem"),
    [
        ("`mail/nowhere.py`", "there is no mail/nowhere.py"),
        ("`mail/models.py`: `Nobody`", "Nobody is not defined in the file before it"),
        ("`Lane` in `mail/models.py`", "Lane is not defined in the file before it"),
        ("`mail/models.py` and `Lane.BULK`", "Lane.BULK is neither a path nor a name"),
    ],
)
def test_a_row_that_leads_nowhere_is_found(touched: str, problem: str) -> None:
    assert list(problems(touched)) == [problem]


def rooms() -> dict[str, str]:
    """Return the paths of the tree, each from those it stands under, and what is said of them."""
    (tree,) = re.findall(r"^```\n(openletter/.*?)^```$", part("The tree"), re.MULTILINE | re.DOTALL)
    found: dict[str, str] = {}
    above: list[str] = []
    for line in tree.splitlines():
        indent, name, words = re.findall(r"^( *)(\S+) *(.*)", line)[0]
        if len(indent) > 4:  # a description that goes on
            found["".join(above)] += f" {name} {words}"
            continue
        above = [*above[: len(indent) // 2], name]
        found["".join(above)] = words
    return found


def test_the_tree_shows_rooms_that_are_there() -> None:
    assert [room for room in rooms() if not (ROOT / room).exists()] == []


def test_the_tree_shows_every_room_of_a_package_that_has_some() -> None:
    """Not those that each package has or may have, and no room within a room."""
    everywhere = {"migrations", "management", "templatetags", "__pycache__"}
    places = [ROOT, ROOT / "openletter", *(ROOT / "openletter").iterdir(), ROOT / "tests"]
    inside = {
        f"{folder.relative_to(ROOT)}/"
        for place in places
        if place.is_dir()
        for folder in place.iterdir()
        if (folder / "__init__.py").exists() and folder.name not in everywhere
    }
    mails = {room for room in inside if room.endswith("/mails/")}
    of_one_subject = {room for room in inside if room.startswith(("tests/", "openletter/formats/"))}
    assert inside - mails - of_one_subject - set(rooms()) == set()


def test_the_tree_says_why_a_folder_with_many_files_has_no_rooms_for_them() -> None:
    everywhere = {"__init__", "admin", "apps", "flows", "forms", "models", "personal", "tasks"}
    everywhere |= {"urls", "views"}
    for top in ("openletter", "runner", "dev"):
        for folder in [ROOT / top, *(path for path in (ROOT / top).rglob("*") if path.is_dir())]:
            names = {path.stem for path in folder.glob("*.py")} - everywhere
            if len(names) > _MANY and folder.name != "migrations":
                room = f"{folder.relative_to(ROOT)}/"
                assert "stay side by side" in rooms().get(room, ""), room
