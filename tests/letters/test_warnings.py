"""Before a text is published its author is told what is shown otherwise than it may be meant."""

from __future__ import annotations

import re
import sys

import pytest
from django.test import Client
from django.utils import translation

from openletter.letters.markup.lines import short
from openletter.letters.markup.warnings import MOST, warnings_for
from openletter.letters.models import Letter
from tests.factories import make_draft, make_letter, make_update

# What is written, and the sign that its warning names.
WARNED = {
    "a<br>b": "<br>",
    "<p align=left>a</p>": "<p align=left>",
    "a <!-- b": "<!--",
    "{% include x %}": "{%",
    "{{ site.title }}": "{{",
    "![](x.png)": "![](x.png",
    "![logo](https://example.org/x.png)": "![logo](https://example.org/x.png",
    "[![a](b.svg)](https://example.org)": "![a](b.svg",
    "[x](README.en.md)": "[x](README.en.md)",
    "[](https://example.org)": "[](https://example.org)",
    "[x](example.org)": "[x](example.org)",
    "[a][1]": "[a][1]",
    "so[^1]": "[^1]",
    "a &amp; b": "&amp;",
    "&#8211;": "&#8211;",
    "https://example.org/?a=1&amp;b=2": "&amp;",
    "a \\( b": "\\(",
    "¯\\_(ツ)_/¯": "\\_",
    "Lehrer\\*innen": "\\*",
    "**Wichtig!**Jetzt": "**",
    "\uf0b7 a": "U+F0B7",
    "a \u202eb": "U+202E",
    "# a #": "#",
    "> 50 % of us": ">",
    "我们**要求**公开": "**",
    "*Nota: tutt* siamo car*": "*",
    '[x](https://example.org "Titel")': "Titel",
}


@pytest.mark.parametrize(("written", "sign"), WARNED.items())
def test_a_warning_names_the_line_and_the_sign(written: str, sign: str) -> None:
    for number, text in enumerate((written, f"Dear all,\n\n{written}\n\nlisten."), start=0):
        warnings = warnings_for(text)
        assert {warning.line for warning in warnings} == {1 + 2 * number}
        assert any(sign in warning.sentence for warning in warnings)


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("---\ntitle: x\n---\na", [1]),
        ("+++\ntitle = 'x'\n+++\na", [1]),
        ("a\n===\nb\n---", [2, 4]),
        ("```\na\n```", [1, 3]),
        ("a\\\nb", [1]),
        ("1. a\n1. b\n1. c", [2, 3]),
        ("> a\n>50 %", [2]),
        ("a\n*b\nc* d*", [2]),
        ("[a](https://example.org\n) b\n<br>", [3]),
        ("a<br>b\r\nc<br>d\u2028e<br>f", [1, 2, 3]),
    ],
)
def test_it_is_the_line_in_which_the_sign_stands(written: str, lines: list[int]) -> None:
    assert [warning.line for warning in warnings_for(written)] == lines


@pytest.mark.parametrize(
    "written",
    ["Lehrer*innen, *so* und **so**.", "1. a\n3. b\n\n1986. c", "- a\n- b", "> a", "a\n\n---\n\nb",
     "# a", "[x](https://example.org)", "https://example.org/a_b", "AT&T, Q&A; x", "<3", "a < b",
     "\\*a\\*", "1\\. a\n2\\. b", "\\# a", "\\> 50 %", "\\- a\n- b\n- c", "\\\\server",
     "\\\\_", "|a|b|\n|-|-|\n|c|d|e|", "a\nb", "    a", "- [ ] a\n- [x] b", "~~a~~", "2**3",
     "[a]: b", "> 1. a\n> 2. b"],
)  # fmt: skip
def test_what_is_shown_as_it_is_meant_needs_no_warning(written: str) -> None:
    assert warnings_for(written) == []


def test_what_a_warning_advises_makes_an_end_of_it() -> None:
    for written in ("> 50 %", "*a b* c*", "我们**要求**公开"):
        advised = re.sub(r"[*>]", r"\\\g<0>", written)
        assert warnings_for(written)
        assert warnings_for(advised) == []


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("Bundesministerium für Verkehrsangelegenheiten und Bauwesen", "Bundesministerium für…"),
        ("four words that stay whole", "four words that stay whole"),
        ("x" * 60, "x" * 40 + "…"),  # no space to cut at, or hardly anything before it
        ("a " + "x" * 60, "a " + "x" * 38 + "…"),
        ("我们要求公开" * 10, ("我们要求公开" * 10)[:40] + "…"),
        (
            "forty signs and then a space are here 40 or 41",
            "forty signs and then a space are here 40…",
        ),
    ],
)
def test_what_is_quoted_ends_with_a_whole_word(words: str, quoted: str) -> None:
    assert short(words) == quoted


def test_nobody_is_told_more_than_can_be_read() -> None:
    assert len(warnings_for("a<br>\n" * 3 * MOST)) == MOST


def test_warnings_are_in_the_language_of_the_desk() -> None:
    with translation.override("de"):
        assert warnings_for("a<br>b")[0].line == 1


LONG_ONES = {
    "brackets": "[*" * 2_000,
    "images": "![" * 2_000,
    "stars": "*a " * 2_000,
    "stressed": "**a** " * 1_000,
    "nested": "*a " * 1_000 + "a* " * 1_000,
    "tags": "<a " * 2_000,
    "escapes": "\\*a " * 1_500,
    "entities": "&a" * 2_000,
    "items": "- a\n* b\n" * 700,
    "quotations": "> " * 3_000,
    "addresses": "https://x.example" + ")" * 4_000 + " ",
    "rows": "|a|\n|-|\n|b|c|\n" * 300,
    "spaces": " " * 6_000 + "#",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", LONG_ONES.values(), ids=LONG_ONES)
def test_t44_a_text_that_is_twice_as_long_takes_twice_the_work(text: str) -> None:
    """Counted in calls of Python functions, so that no machine is too slow for it."""
    once, twice = work_of(text), work_of(text * 2)
    assert twice <= 2.5 * once


def work_of(text: str) -> int:
    steps = 0

    def count(_frame: object, _event: str, _argument: object) -> None:
        nonlocal steps
        steps += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        warnings_for(text)
    finally:
        sys.setprofile(before)
    return steps


# --- At the desk --------------------------------------------------------------------------------


TYPED = {"language": "en", "title": "A title", "addressee": "", "markdown": "a\n\n[x](y.md)"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "", "xx"])
def test_a_preview_warns(desk: Client, letter: Letter, language: str) -> None:
    paths = {
        "translations": f"/admin/letters/textversion/{make_draft(letter).pk}/preview/",
        "texts": "/admin/letters/update/preview/",
    }
    for prefix, path in paths.items():
        typed = {**TYPED, "language": language}
        sent = {f"{prefix}-0-{name}": value for name, value in typed.items()}
        page = desk.post(path, sent).content.decode()
        assert "Line 3:" in page
        assert "“[x](y.md)”" in page


@pytest.mark.django_db
def test_the_question_before_publishing_warns(desk: Client, letter: Letter) -> None:
    version = make_draft(letter, en="a\n\n<b>b</b>")
    update = make_update(letter, texts={"en": ("News", "a\n\n<b>b</b>")}, published=False)
    for path in (f"textversion/{version.pk}", f"update/{update.pk}"):
        page = desk.get(f"/admin/letters/{path}/publish/").content.decode()
        assert "Line 3:" in page
        assert "“&lt;b&gt;”" in page


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["open", "close", "archive"])
def test_of_what_is_published_nothing_is_asked_before_it_is_published(
    desk: Client, act: str
) -> None:
    state = Letter.State.CLOSED if act == "open" else Letter.State.OPEN
    letter = make_letter(state=state, texts={"en": ("A letter", "a<br>b")})
    to = {"open": "open", "close": "closed", "archive": "archived"}[act]
    page = desk.get(f"/admin/letters/letter/{letter.pk}/{to}/act/").content.decode()
    assert "write a new version" in page
    assert "before it is published" not in page


@pytest.mark.django_db
def test_a_text_without_such_places_is_published_without_a_word(
    desk: Client, letter: Letter
) -> None:
    version = make_draft(letter, en="All *well*.")
    page = desk.get(f"/admin/letters/textversion/{version.pk}/publish/").content.decode()
    assert "Line " not in page
