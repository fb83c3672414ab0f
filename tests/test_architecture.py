"""The house rules that a machine can check: sizes, words, layers, tables."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from openletter.mail_kinds import MAILS
from openletter.moderation.rules import RULES

ROOT = Path(settings.BASE_DIR)
PACKAGE = ROOT / "openletter"
MODULES = sorted(
    path
    for folder in ("openletter", "runner", "dev", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
MODELS = [model for model in apps.get_models() if model.__module__.startswith("openletter.")]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def definitions(path: Path) -> Iterator[Definition]:
    return (node for node in nodes(path) if isinstance(node, Definition))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_rules_find_something_to_rule() -> None:
    assert len(MODULES) > 100
    assert len(TEMPLATES) > 40
    assert len(MODELS) > 8


def test_no_module_has_four_hundred_lines() -> None:
    assert [f"{relative(path)}: {lines(path)}" for path in MODULES if lines(path) >= 400] == []


@pytest.mark.slow
def test_no_function_has_fifty_lines() -> None:
    long = [
        f"{relative(path)}:{found.lineno} {found.name}"
        for path in MODULES
        for found in definitions(path)
        if not isinstance(found, ast.ClassDef) and (found.end_lineno or 0) - found.lineno + 1 >= 50
    ]
    assert long == []


def test_no_template_has_eighty_lines() -> None:
    assert [f"{relative(path)}: {lines(path)}" for path in TEMPLATES if lines(path) >= 80] == []


# These words say nothing about what a thing is for.
EMPTY_WORDS = {"data", "info", "manager", "process", "util", "utils", "helper", "helpers"}
MEANT = {
    "UserManager": "Django asks for a manager",
    "data_received": "asyncio calls a protocol so",
    "get_context_data": "Django asks a view so for what its template needs",
    "receive_data_chunk": "Django calls an upload handler so",
    "runner/one_process.py": "a process of the operating system",
    "runner/process.py": "a process of the operating system",
    "Process": "a process of the operating system",
    "data_folder": "PostgreSQL's own word for where it keeps a cluster",
    "_make_data": "PostgreSQL's own word for where it keeps a cluster",
}


def words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()))


@pytest.mark.slow
def test_no_name_is_an_empty_word() -> None:
    named = [
        (name, relative(path))
        for path in MODULES
        if path.is_relative_to(PACKAGE)
        or path.is_relative_to(ROOT / "dev")
        or path.is_relative_to(ROOT / "runner")
        for name in [path.stem, *(found.name for found in definitions(path))]
    ]
    empty = [
        f"{where}: {name}"
        for name, where in named
        if words(name) & EMPTY_WORDS and name not in MEANT and where not in MEANT
    ]
    assert empty == []


@pytest.mark.slow
def test_what_is_meant_is_still_there() -> None:
    """An exception that nothing needs any more would hide the next one."""
    names = {found.name for path in MODULES for found in definitions(path)}
    assert set(MEANT) <= names | {relative(path) for path in MODULES}


def test_imports_point_down() -> None:
    """In a process of its own: import-linter reconfigures logging for everybody."""
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.slow
def test_programs_that_are_kept_as_text_import_what_is_there() -> None:
    """Tests hand them to processes of a site, and no tool looks at them."""
    imported = re.compile(r"from (openletter[\w.]*) import (\w+)")
    found = {
        names
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for names in imported.findall(node.value)
    }
    assert found
    for package, name in found:
        assert hasattr(import_module(package), name) or find_spec(f"{package}.{name}"), name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_table_belongs_to_one_package_and_is_named_after_it(model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    package = model.__module__.split(".")[1]
    assert (meta.app_label, meta.db_table) == (package, f"{package}_{meta.model_name}")


def test_each_package_with_models_or_templates_is_installed() -> None:
    installed = {config.name for config in apps.get_app_configs()}
    packages = {f"openletter.{path.parent.name}" for path in PACKAGE.glob("*/apps.py")}
    with_models = {f"openletter.{path.parent.name}" for path in PACKAGE.glob("*/models.py")}
    assert with_models <= packages <= installed


def test_each_mail_has_a_module_and_its_three_templates() -> None:
    folders = set()
    for kind, module in MAILS.items():
        package, _dot, _name = kind.partition(".")
        assert module.startswith(f"openletter.{package}.mails."), kind
        folder = import_module(module).TEMPLATE
        assert callable(import_module(module).context), kind
        for part in ("subject.txt", "body.txt", "body.html"):
            assert (ROOT / "templates/emails" / folder / part).is_file(), f"{folder}/{part}"
        folders.add(folder)
    found = {path.name for path in (ROOT / "templates/emails").iterdir() if path.is_dir()}
    assert found == folders


def test_each_rule_is_in_the_table() -> None:
    modules = {path.stem for path in (PACKAGE / "moderation/rules").glob("*.py")} - {"__init__"}
    assert {rule.__name__.rpartition(".")[2] for rule in RULES} == modules  # type: ignore[attr-defined]


def test_each_migration_is_named_by_a_verb() -> None:
    for path in PACKAGE.glob("*/migrations/0*.py"):
        assert re.fullmatch(r"\d{4}_[a-z]+_[a-z_]+", path.stem), relative(path)
        assert "_auto_" not in path.stem, relative(path)


def test_there_are_no_signals_of_our_own() -> None:
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "django.dispatch" not in source, relative(path)
        assert "django.db.models.signals" not in source, relative(path)


def test_templates_hold_no_inline_code() -> None:
    """The policy of public pages would not run it; mails alone style inline."""
    for path in TEMPLATES:
        if path.suffix == ".html" and "emails" not in path.parts:
            source = path.read_text(encoding="utf-8")
            found = re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", source)
            assert found is None, f"{relative(path)}: {found}"


def test_every_time_is_the_one_that_all_machines_agree_on() -> None:
    """F35: a machine whose clock is wrong must not store it; lib/db/clock.py has the right time."""
    wrong = [
        relative(path)
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
        and path != PACKAGE / "lib/db/clock.py"
        and re.search(r"\btimezone\.now\b|\bdatetime\.(?:utc)?now\b", path.read_text("utf-8"))
    ]
    assert wrong == []


# A test that looks at the clock depends on the machine. These may: they wait, and give up in time.
LOOKS_AT_THE_CLOCK = {
    "tests/live/waiting.py",
    "tests/racing.py",
    "tests/server/application.py",  # in a process of its own
    "tests/costs.py",  # the processor time of its own thread only, and again when in doubt
}
_MEASURING = ("monotonic", "perf_counter", "process_time", "thread_time")
CLOCKS = {"sleep", *_MEASURING, *(f"{name}_ns" for name in _MEASURING)}


@pytest.mark.slow
def test_no_test_looks_at_the_clock() -> None:
    """How long something takes is asked by ./run bench; to wait there is tests/live/waiting.py."""
    found = [
        f"{relative(path)}: {ast.unparse(node)}"
        for path in MODULES
        if path.is_relative_to(ROOT / "tests") and relative(path) not in LOOKS_AT_THE_CLOCK
        for node in nodes(path)
        if uses_a_clock(node)
    ]
    assert found == []


def uses_a_clock(node: ast.AST) -> bool:
    """Say whether something sleeps, measures, or asserts about the time of day."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and any(name.name in CLOCKS for name in node.names)
    if isinstance(node, ast.Assert):
        return any(ast.unparse(one) == "time.time" for one in ast.walk(node))
    return isinstance(node, ast.Attribute) and ast.unparse(node) in {f"time.{n}" for n in CLOCKS}


def test_no_test_throws_dice() -> None:
    """What is random in a test comes from a seed, and is the same in every run."""
    found = [
        f"{relative(path)}: {ast.unparse(node)}"
        for path in MODULES
        if path.is_relative_to(ROOT / "tests")
        for node in nodes(path)
        if throws_dice(node)
    ]
    assert found == []


def throws_dice(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Random", "random.Random"}:
        return not node.args
    if isinstance(node, ast.ImportFrom) and node.module == "random":
        return any(name.name != "Random" for name in node.names)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "secrets" in {name.name for name in node.names} | {getattr(node, "module", "")}
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "random":
        return node.attr != "Random"
    return False


def test_who_may_look_at_the_clock_still_does() -> None:
    assert all(any(map(uses_a_clock, nodes(ROOT / path))) for path in LOOKS_AT_THE_CLOCK)


@pytest.mark.slow
def test_no_test_imports_from_another() -> None:
    """What two of them need stands in the `steps.py` of their folder, or in a module of its own."""
    found = [
        f"{relative(path)}: {node.module}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and re.search(r"\.test_\w+$", node.module or "")
    ]
    assert found == []
