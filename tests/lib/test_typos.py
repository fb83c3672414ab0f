"""Which domains look mistyped, and what was meant. It is a question, so it may be wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib.people import mailboxes
from openletter.lib.people.typos import ATTRIBUTES, doubtful_ending, suggestion
from tests.typo_cases import TYPO_CASES

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."


@pytest.mark.parametrize(("typed", "meant"), TYPO_CASES)
def test_what_looks_mistyped_is_asked_about_and_nothing_else(typed: str, meant: str) -> None:
    assert suggestion(typed) == meant


@pytest.mark.parametrize("domain", sorted(mailboxes.LEFT_ALONE))
def test_nobody_at_a_provider_that_we_know_is_asked(domain: str) -> None:
    assert suggestion(f"suzie@{domain}") == ""


def test_the_providers_that_are_asked_for_are_in_the_table() -> None:
    assert set(mailboxes.ASKS_FOR) <= set(mailboxes.BY_DOMAIN)
    assert set(mailboxes.MISTYPED_ENDINGS.values()) == {"com", "org", "net", "de"}
    for domain in mailboxes.LEFT_ALONE:
        assert domain.rpartition(".")[2] not in mailboxes.MISTYPED_ENDINGS


@given(st.integers(0, 8), st.sampled_from(LETTERS), st.sampled_from(["add", "put", "swap", "cut"]))
def test_every_single_slip_in_gmail_is_noticed(place: int, letter: str, slip: str) -> None:
    before, after = "gmail.com"[:place], "gmail.com"[place:]
    typed = {
        "add": before + letter + after,
        "put": before + letter + after[1:],
        "swap": before + after[1:2] + after[:1] + after[2:],
        "cut": before + after[1:],
    }[slip]
    left_alone = typed in mailboxes.LEFT_ALONE
    assert suggestion(f"suzie@{typed}") == ("" if left_alone else "suzie@gmail.com")


@given(st.text(), st.text(LETTERS) | st.sampled_from([typed for typed, _ in TYPO_CASES]))
def test_what_was_suggested_is_not_asked_about_again(local: str, rest: str) -> None:
    meant = suggestion(f"{local}@{rest}")
    assert suggestion(meant) == ""


@given(st.text("abcxyz.+", min_size=1), st.text(LETTERS))
def test_what_stands_before_the_at_is_never_changed(local: str, rest: str) -> None:
    meant = suggestion(f"{local}@{rest}")
    assert meant == "" or meant.rpartition("@")[0] == local


@pytest.mark.parametrize(
    ("address", "ending"),
    [
        *(("anna@firma.c", "c"), ("anna@firma.web", "web"), ("anna@firma.comgmail", "comgmail")),
        *(
            ("anna@firma.con", "con"),
            ("anna@firma.lokal", "lokal"),
            ("anna@a.b.xn--zzz", "xn--zzz"),
        ),
        *(("anna@firma.com", ""), ("anna@firma.xn--p1ai", ""), ("anna@firma.co.uk", "")),
        *(("anna@firma.museum", ""), ("anna@firma.ck", ""), ("anna@firma.za", "")),
    ],
)
def test_an_ending_that_hardly_anybody_has_is_doubtful(address: str, ending: str) -> None:
    assert doubtful_ending(address) == ending


def test_an_ending_that_is_asked_for_is_never_doubtful() -> None:
    for domain in (*mailboxes.BY_DOMAIN, *mailboxes.LEFT_ALONE):
        assert doubtful_ending(f"anna@{domain}") == ""


def test_the_script_is_told_in_a_few_words() -> None:
    """They travel with every form; only ASCII without quotes needs no escaping."""
    words = "".join(ATTRIBUTES.values())
    assert set(words) <= set(LETTERS + "= ")
    assert len(words) < 2_000
