"""What people sign is what was written: in letters as people really write them, and in odd ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openletter.letters import plain_text
from openletter.letters.diff import paragraphs
from openletter.letters.markup.warnings import warnings_for
from openletter.letters.rendering import to_html
from tests.letters.accounting import first_lost, unpaid

FOLDER = Path(__file__).parent / "as_written"
# Every invented letter, and the lines of which its author is told something.
LETTERS: dict[str, set[int]] = {
    "arabic": set(),
    "chinese": {3},
    "crlf_and_separators": set(),
    "dutch_hard_wrapped": set(),
    "emphasis_everywhere": {1},
    "footnote_stars": {4, 10},
    "form_blanks": set(),
    "french": set(),
    "german_address_block": set(),
    "german_gendered": set(),
    "german_numbered_demands": set(),
    "github_readme": {1, 8, 9, 11, 19, 21, 23, 26, 27, 29, 31, 32},
    "github_setext": {2, 5, 7, 13, 16, 18},
    "hebrew_mixed": {7},
    "html_paste": {1, 2, 3, 4, 5, 6},
    "italian": {3, 5},
    "japanese": {3},
    "korean": {3},
    "latex_and_wiki": {6},
    "mail_paste": set(),
    "nested_lists": set(),
    "nested_quotes": set(),
    "one_item_each": set(),
    "poem": set(),
    "prices_and_signs": {2, 6, 7, 8},
    "russian": set(),
    "signature_block": set(),
    "spanish": set(),
    "table": set(),
    "word_paste": {7},
}


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.md").read_bytes().decode()


def test_every_letter_is_read() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(LETTERS)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_shown_as_it_was_written_or_its_author_is_told(name: str) -> None:
    text = text_of(name)
    html = to_html(text)
    told = {warning.line for warning in warnings_for(text)}
    lost = first_lost(text, html)
    assert lost is None or lost in told
    assert unpaid(text, html) == {}
    assert told == LETTERS[name]


def letters_and_digits(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text))


@pytest.mark.parametrize("name", LETTERS)
def test_no_word_is_lost_in_mails_and_comparisons(name: str) -> None:
    text = text_of(name)
    compared = "".join(one.whole for one in paragraphs.of_markdown(text))
    assert letters_and_digits(compared) == letters_and_digits(text)
    if "](" not in text:  # else addresses stand in another order
        assert letters_and_digits(plain_text.of_markdown(text)) == letters_and_digits(text)


# --- Odd texts ----------------------------------------------------------------------------------

words = st.sampled_from(
    [
        "we",
        "Ä",
        "innen",
        "2",
        "50 %",
        "要求",
        "张",
        "ß.",
        "so!",
        "(a)",
        "„b“",
        '"c"',
        "x_y",
        "=",
        ":",
    ]
)
sign_runs = st.sampled_from(
    ["*", "**", "***", "_", "__", "~", "~~", "~~~", "`", "```", "\\", "\\*", "\\\\", "[", "]", "](",
     "<", ">", "<3", "<br>", "&amp;", "&", "|", "#", "-", "--", "+", "!", "![", "$", "{{", "^", "'"]
)  # fmt: skip
links = st.sampled_from(
    ["https://example.org/a_b_c", "http://example.org", "mailto:a@example.org",
     "[x](https://example.org)", "[*x*](https://example.org/_y_)", "[x](y.md)", "[](https://x.org)",
     '[x](https://example.org "t")', "[x][1]", "![x](https://example.org/x.png)", "[^1]"]
)  # fmt: skip
beginnings = st.sampled_from(
    ["", "", "", "- ", "* ", "+ ", "-", "*", "1. ", "2. ", "1) ", "01. ", "7. ", "1986. ",
     "99999. ", "> ", ">", ">> ", "> > ", "> - ", "# ", "## ", "####### ", "#", "    ", "\t",
     "  - ", "    1. ", "| ", "[1]: ", "• ", "---", "***", "___", "===", "~~~", "```", "-- ",
     "\\", "--- "]
)  # fmt: skip
pieces = st.lists(st.one_of(words, sign_runs, links), max_size=5)
odd_lines = st.builds(
    lambda beginning, parts, gap, end: beginning + gap.join(parts) + end,
    beginnings,
    pieces,
    st.sampled_from(["", " "]),
    st.sampled_from(["", "", "", " ", "  ", "\\", " #"]),
)
plain_lines = st.sampled_from(["Dear all,", "", "", "|a|b|\n|-|-|\n|c|d|e|", "- one\n- two"])
odd_texts = st.lists(st.one_of(odd_lines, plain_lines), max_size=9).map("\n".join)


@pytest.mark.slow
@settings(max_examples=1500)
@given(odd_texts)
def test_every_sign_is_shown_or_does_something_or_its_line_is_named(text: str) -> None:
    html = to_html(text)
    told = {warning.line for warning in warnings_for(text)}
    lost = first_lost(text, html)
    assert lost is None or lost in told
    assert lost is not None or unpaid(text, html) == {}


@pytest.mark.slow
@settings(max_examples=500)
@given(odd_texts)
def test_no_word_of_an_odd_text_is_lost_in_comparisons(text: str) -> None:
    found = "".join(one.whole for one in paragraphs.of_markdown(text))
    assert letters_and_digits(found) == letters_and_digits(text)
