"""The layout of style sheets, which `./run check` asks for (dev/css.py)."""

from __future__ import annotations

import re

import pytest

from dev import css

AS_WRITTEN = {
    "one declaration a line": ("a { b: c; d: e }", "a {\n  b: c;\n  d: e;\n}\n"),
    "one selector a line": ("a, b:is(c, d) { e: f; }", "a,\nb:is(c, d) {\n  e: f;\n}\n"),
    "a media query stays on its line": (
        "@media print, (width > 9em) { a { b: c } }",
        "@media print, (width > 9em) {\n  a {\n    b: c;\n  }\n}\n",
    ),
    "rules are apart": ("a { b: c }\nd { e: f }", "a {\n  b: c;\n}\n\nd {\n  e: f;\n}\n"),
    "a comment stays with what is below it": (
        "a { b: c }\n/* d; e { */\nf { g: h }",
        "a {\n  b: c;\n}\n\n/* d; e { */\nf {\n  g: h;\n}\n",
    ),
    "groups stay apart": ("a {\n b: c;\n\n\n d: e }", "a {\n  b: c;\n\n  d: e;\n}\n"),
    "strings stay as they are": (
        "a { b: \"–  ;}\", '{\\'  '; c: url(d;e) }",
        "a {\n  b: \"–  ;}\", '{\\'  ';\n  c: url(d;e);\n}\n",
    ),
    "a long value comes on one line": ("a { b:\n  c,\n  d; }", "a {\n  b: c, d;\n}\n"),
    "states are no declarations": (
        "a:hover { b:c; &:is(d):e { f:g } }",
        "a:hover {\n  b: c;\n\n  &:is(d):e {\n    f: g;\n  }\n}\n",
    ),
    "statements are kept": ('@import "a.css"; b { }', '@import "a.css";\n\nb {\n}\n'),
}


@pytest.mark.parametrize(("written", "wanted"), AS_WRITTEN.values(), ids=AS_WRITTEN.keys())
def test_it_is_laid_out(written: str, wanted: str) -> None:
    assert css.formatted(written) == wanted
    assert css.formatted(wanted) == wanted


@pytest.mark.parametrize("broken", ["a { b: c;", "a { b: c; } }", "a { b: c; } d", "a { b: (c; }"])
def test_what_has_no_end_is_refused_and_not_mended(broken: str) -> None:
    with pytest.raises(css.NotUnderstood):
        css.formatted(broken)


def signs_of(sheet: str) -> str:
    """Return everything but white space, and but the sign that the last declaration may omit."""
    return re.sub(r";(?=\})", "", re.sub(r"\s", "", sheet))


def test_nothing_is_lost_of_what_the_site_has() -> None:
    sheets = [path.read_text() for path in css.SHEETS.rglob("*.css")]
    assert len(sheets) > 15
    for sheet in sheets:
        dense = re.sub(r"\n *", " ", sheet)
        assert signs_of(css.formatted(dense)) == signs_of(sheet)
        assert css.formatted(sheet) == sheet


def test_each_declaration_of_the_site_has_a_line() -> None:
    for path in css.SHEETS.rglob("*.css"):
        code = re.sub(r'"[^"]*"|/\*.*?\*/', "", path.read_text(), flags=re.DOTALL)
        assert [line for line in code.splitlines() if line.count(";") + line.count("{") > 1] == []
