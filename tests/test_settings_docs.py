"""docs/settings.md and the code name the same environment variables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READERS = {"text", "boolean", "integer", "list_of", "secret", "time_zone", "url"}
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \| (.*?) \|", re.MULTILINE)
# Not read by settings.py but by ./run and the tests.
ELSEWHERE = [
    *(ROOT / "runner").rglob("*.py"),
    *(ROOT / "dev").rglob("*.py"),
    ROOT / "tests/servers.py",
    ROOT / "run",
]


def readings() -> Iterator[ast.Call]:
    """Every call of a reader of lib/env.py in settings.py."""
    source = (ROOT / "openletter/settings.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "env" and node.func.attr in READERS:
                yield node


def name_of(call: ast.Call) -> str:
    (name, *_rest) = call.args
    assert isinstance(name, ast.Constant), ast.unparse(call)
    return str(name.value)


def documented() -> dict[str, str]:
    """Return the default of each variable as docs/settings.md gives it."""
    return dict(ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))


def test_every_variable_that_is_read_is_documented() -> None:
    read = {name_of(call) for call in readings()}
    assert {"SECRET_KEY", "DATABASE_URL", "PORT", "WEB_THREADS"} <= read
    assert read - set(documented()) == set()


def test_every_variable_that_is_documented_is_read() -> None:
    read = {name_of(call) for call in readings()}
    elsewhere = "\n".join(path.read_text(encoding="utf-8") for path in ELSEWHERE)
    unread = {
        name
        for name in documented()
        if name not in read and not re.search(rf"\b{name}\b", elsewhere)
    }
    assert unread == set()


def test_what_the_log_is_said_to_say_it_says() -> None:
    quoted = re.findall(r"the log says `([^`]+)`", (ROOT / "docs/settings.md").read_text("utf-8"))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "openletter").rglob("*.py")]
    assert quoted
    assert [words for words in quoted if not any(words in source for source in sources)] == []


def test_no_variable_is_documented_twice() -> None:
    rows = ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8"))
    assert len(rows) == len(documented())


def test_numbers_have_the_default_that_is_documented() -> None:
    for call in readings():
        for keyword in call.keywords:
            if keyword.arg == "default" and isinstance(keyword.value, ast.Constant):
                number = keyword.value.value
                if isinstance(number, int):
                    said = documented()[name_of(call)]
                    assert said.startswith(f"`{int(number)}`"), f"{name_of(call)}: {said}"


def test_settings_read_the_environment_through_the_readers_only() -> None:
    source = (ROOT / "openletter/settings.py").read_text(encoding="utf-8")
    assert not re.search(r"^\s*(?:import|from) os\b", source, re.MULTILINE)
