"""T39, T44: no pattern of ours costs more than in proportion to what strangers send."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
from django.conf import settings
from django.core.validators import RegexValidator

from openletter.letters import excerpts, rendering
from openletter.lib import logs
from openletter.lib.http.locale import language_of_path
from openletter.lib.people import addresses, links, names, typos
from openletter.mail.feedback import delivery_events, return_path
from openletter.mail.feedback.providers import generic, through_anymail
from openletter.mail.transport import smtp_replies
from tests.costs import steep_attacks, using

ROOT = Path(settings.BASE_DIR)
SOURCES = sorted(
    path for path in (ROOT / "openletter").rglob("*.py") if "migrations" not in path.parts
)
# As long as what a request can bring: a form is 64 KiB at most, and headers are hardly longer.
MOST = 64 * 1024
# Patterns that are put together where they are used, as they are there: by file and function.
MADE_INSIDE: dict[str, list[str]] = {
    "openletter/mail/transport/smtp_replies.py:_meaning": [
        words for _, _, words, _ in smtp_replies._TABLE
    ],
    "openletter/mail/feedback/providers/through_anymail.py:mail_of_message_id": [
        r"<?([0-9a-f]{32})@letters\.example\.org>?"
    ],
    "openletter/moderation/rule_settings/in_force.py:_pattern": [" (?:buy now|now|stop it) "],
    "openletter/mail/feedback/providers/through_anymail.py:_event_id": [through_anymail._EVENT_ID],
}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> ModuleType:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return import_module(name.removesuffix(".__init__"))


class Known(NamedTuple):
    """A pattern, where it is, and whether it is only ever tried at the start of a text."""

    where: str
    pattern: re.Pattern[str]
    at_the_start_only: bool


_AT_THE_START = {"match", "fullmatch"}


def global_patterns() -> Iterator[Known]:
    """Every pattern that a module keeps, by itself, in a collection, or in a validator."""
    for path in SOURCES:
        if path.name == "__main__.py":
            continue
        uses = _uses(path)
        for name, kept in vars(module_of(path)).items():
            for one in _members(kept):
                pattern = one.regex if isinstance(one, RegexValidator) else one
                if isinstance(pattern, re.Pattern):
                    at_the_start_only = bool(uses.get(name)) and uses[name] <= _AT_THE_START
                    yield Known(f"{path.relative_to(ROOT)}:{name}", pattern, at_the_start_only)


def _uses(path: Path) -> dict[str, set[str]]:
    """Return which methods of each name are used in a module."""
    uses: dict[str, set[str]] = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            uses.setdefault(node.value.id, set()).add(node.attr)
    return uses


def _members(kept: object) -> list[object]:
    if isinstance(kept, dict):
        return [*kept, *kept.values()]
    return list(kept) if isinstance(kept, (list, tuple, set, frozenset)) else [kept]


_TAKES_A_PATTERN = {
    *(f"re.{name}" for name in ("compile", "search", "match", "fullmatch", "split", "findall")),
    *(f"re.{name}" for name in ("finditer", "sub", "subn")),
    *("RegexValidator", "re_path", "forms.RegexField", "RegexField"),
}


def calls_inside() -> Iterator[tuple[str, ast.Call]]:
    """Every call inside a function of what takes a pattern, by file and function."""
    for path in SOURCES:
        for where, node in _with_functions(parsed(path), ""):
            if where and isinstance(node, ast.Call) and ast.unparse(node.func) in _TAKES_A_PATTERN:
                yield f"{path.relative_to(ROOT)}:{where}", node


def _with_functions(node: ast.AST, where: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef) else where
        yield inside, child
        yield from _with_functions(child, inside)


def inline_patterns() -> Iterator[Known]:
    """Every pattern inside a function: as it is written out there, or as it is listed above."""
    for where, call in calls_inside():
        at_the_start_only = ast.unparse(call.func).rpartition(".")[2] in _AT_THE_START
        literal = _literal(call)
        written = MADE_INSIDE.get(where, []) if literal is None else [literal]
        for text in written:
            yield Known(where, re.compile(text, re.IGNORECASE), at_the_start_only)


def _literal(call: ast.Call) -> str | None:
    try:
        return _as_text(ast.literal_eval(call.args[0]))
    except ValueError:
        return None


def _as_text(written: str | bytes) -> str:
    """Return a pattern over bytes as one over characters, which costs the same."""
    return written if isinstance(written, str) else written.decode("latin-1")


PATTERNS = {
    (known.pattern.pattern, known.pattern.flags, known.at_the_start_only): known
    for known in (*global_patterns(), *inline_patterns())
}.values()


def test_there_are_patterns_to_look_at() -> None:
    found = {known.where for known in PATTERNS}
    assert {"openletter/lib/logs.py:_WORD", "openletter/letters/slugs.py:check_spelling"} <= found
    assert "openletter/letters/excerpts.py:_PIECES" in found
    assert len(PATTERNS) > 25


def test_each_pattern_is_known_to_this_test() -> None:
    """What is made at the top of a module is found there; inside functions, list it above."""
    unknown = [
        f"{where} line {call.lineno}"
        for where, call in calls_inside()
        if where not in MADE_INSIDE and _literal(call) is None
    ]
    assert unknown == []


def test_each_listed_place_is_still_there() -> None:
    assert set(MADE_INSIDE) <= {where for where, _call in calls_inside()}


def test_patterns_are_made_with_re_alone() -> None:
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in {"re", "regex"}, path
            elif isinstance(node, ast.Import):
                assert not any(name.name == "regex" or name.asname for name in node.names), path


def own_words(pattern: str) -> list[str]:
    """Return what a pattern is about: its letters and signs, and its words."""
    return sorted(
        {*re.findall(r"[a-zA-Z]{2,}", pattern), *(char for char in pattern if char.isascii())}
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "known", PATTERNS, ids=[known.where.replace("openletter/", "") for known in PATTERNS]
)
def test_t44_a_pattern_costs_in_proportion_to_the_text(known: Known) -> None:
    text = _as_text(known.pattern.pattern)
    pattern = re.compile(text, known.pattern.flags & ~(re.UNICODE | re.LOCALE | re.ASCII))
    act = using(pattern, at_the_start_only=known.at_the_start_only)
    assert steep_attacks(act, *own_words(text), most=MOST) == []


# How long each may be is said by whoever calls them.
USES: dict[str, tuple[Callable[[str], object], int]] = {
    "log lines": (logs.redact, 2 * logs.LONGEST),
    "names": (lambda text: _tried(names.tidy_person_name, text), MOST),
    "comments": (lambda text: _tried(names.tidy_comment, text), MOST),
    "links in texts": (links.holds_address, MOST),
    "addresses": (lambda text: _tried(addresses.tidy_address, text), MOST),
    "mistyped domains": (typos.suggestion, MOST),
    "paths": (language_of_path, MOST),
    "letter texts": (rendering.to_html, 8 * 1024),
    "previews": (excerpts.excerpt, MOST),
    "bounce messages": (delivery_events.kind_of_status, MOST),
    "return paths": (lambda text: _tried(return_path.read, text), MOST),
    "message ids": (through_anymail.mail_of_message_id, MOST),
    "signatures of webhooks": (lambda text: _tried(generic._HEADER.fullmatch, text), MOST),
}


def _tried(act: Callable[[str], object], text: str) -> None:
    with suppress(Exception):  # what it says is for other tests
        act(text)


@pytest.mark.parametrize(("act", "most"), USES.values(), ids=USES)
def test_t44_what_strangers_write_is_read_in_proportion(
    act: Callable[[str], object], most: int
) -> None:
    assert steep_attacks(act, most=most) == []


QUADRATIC = {
    "the log filter that froze a process": r"(?<![^\s@])[^\s@]+(?:@|%40)[^\s@]+\.[^\s@]+",
    "spaces at the end": r"\s+$",
    "two runs side by side": r"\Aa*a*!",
    "what is between two signs": r"<.*>x",
    "a lazy run": r"@.*?@\d",
}


@pytest.mark.slow
@pytest.mark.parametrize("pattern", QUADRATIC.values(), ids=QUADRATIC)
def test_a_pattern_that_costs_more_would_be_found(pattern: str) -> None:
    act = using(re.compile(pattern), at_the_start_only=False)
    assert steep_attacks(act, most=MOST // 16, enough=1) != []
