"""What points up, against the layers of pyproject.toml, is said and explained in the documents.

import-linter sees imports. A foreign key by name, and a table that is named in SQL, pass it by.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from django.apps import apps

from runner.locations import ROOT

_CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
# From the top to the bottom; what stands beside each other is one layer.
LAYERS = [
    [name.strip() for name in layer.split("|")]
    for contract in _CONTRACTS["contracts"]
    if contract["type"] == "layers"
    for layer in contract["layers"]
]
DEPTH = {package: depth for depth, layer in enumerate(LAYERS) for package in layer}
MODELS = [model for model in apps.get_models() if model._meta.app_label in DEPTH]
TABLES = {model._meta.db_table: model._meta.app_label for model in MODELS}
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")


def is_above(one: str, other: str) -> bool:
    """Say whether a package stands above another, or beside it."""
    return one != other and DEPTH[one] <= DEPTH[other]


def keys_that_point_up() -> Iterator[str]:
    for model in MODELS:
        meta = model._meta
        for field in [*meta.fields, *meta.many_to_many]:
            to = field.related_model._meta.app_label if field.related_model else ""
            if to in DEPTH and is_above(to, meta.app_label):
                yield f"{model.__name__}.{field.name}"


def tables_that_are_named_from_below() -> Iterator[str]:
    """Find them in what a module writes as text, which for these names is SQL."""
    for path in (ROOT / "openletter").rglob("*.py"):
        package, *inner = path.relative_to(ROOT / "openletter").parts
        if package not in DEPTH or "migrations" in inner:
            continue
        named = {table for text in texts(path) for table in re.findall(r"(?<![:.])\b\w+\b", text)}
        if any(is_above(TABLES[table], package) for table in named & set(TABLES)):
            yield f"{package}/{'/'.join(inner)}"


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def explained(heading: str) -> set[str]:
    """Return what the first column of a table says in backticks: the one under these words."""
    _before, _found, after = ARCHITECTURE.partition(heading)
    rows = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    return set(re.findall(r"^\| `([^`]+)`", rows.group(), re.MULTILINE)) if rows else set()


def test_every_key_that_points_up_is_explained() -> None:
    assert set(keys_that_point_up()) == explained("### Keys that point up")


def test_every_statement_that_reads_from_a_package_above_is_explained() -> None:
    assert set(tables_that_are_named_from_below()) == explained("### Statements that look up")


def test_the_table_of_packages_is_that_of_the_layers() -> None:
    _before, _found, after = ARCHITECTURE.partition("## Packages")
    named = re.findall(r"^\| `(\w+)/?`", after.partition("###")[0], re.MULTILINE)
    assert named[: len(DEPTH)] == list(DEPTH)


def rows_of_packages() -> dict[str, set[str]]:
    """Return what the table of packages names of each: modules, and rooms with a slash."""
    _before, _found, after = ARCHITECTURE.partition("## Packages")
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", after.partition("###")[0], re.MULTILINE)
    return {package: set(re.findall(r"`(\w+/?)`", said)) for package, said in rows}


def rooms_of(package: str) -> set[str]:
    """Return the rooms of a package, without those that any package may have."""
    everywhere = {"mails", "management", "migrations", "templatetags", "__pycache__"}
    inside = (ROOT / "openletter" / package).iterdir()
    return {f"{path.name}/" for path in inside if path.is_dir() and path.name not in everywhere}


def test_the_table_of_packages_names_every_room_and_nothing_that_is_gone() -> None:
    for package, named in rows_of_packages().items():
        folder = ROOT / "openletter" / package
        assert rooms_of(package) - named == set(), package
        gone = {name for name in named if not (folder / name).exists()} - {
            path.stem for path in folder.glob("*.py")
        }
        assert gone == set(), package


def test_the_table_of_packages_names_every_module_of_lib() -> None:
    modules = {path.stem for path in (ROOT / "openletter/lib").glob("*.py")} - {"__init__"}
    assert modules - rows_of_packages()["lib"] == set()


def test_the_picture_shows_the_layers_in_their_order() -> None:
    picture = ElementTree.parse(ROOT / "docs/images/packages.svg")  # noqa: S314 - our own file
    shown = [found.text for found in picture.iter() if found.get("class") == "name"]
    assert shown == list(DEPTH)
