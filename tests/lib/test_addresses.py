"""E-mail addresses: which are taken, how they are written to, and which are one mailbox."""

from __future__ import annotations

from itertools import product

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from openletter.lib.addresses import email_key, fold, tidy_address

GMAIL = [
    f"{local}{tag}@{domain}"
    for local, tag, domain in product(
        ("suziesigner", "suzie.signer", "s.u.z.i.e.signer", "Suzie.Signer", "SUZIESIGNER"),
        ("", "+letters", "+", "+a.b+c"),
        ("gmail.com", "googlemail.com", "GMail.com", "GOOGLEMAIL.COM"),
    )
]


@pytest.mark.parametrize("spelling", GMAIL)
def test_t11_every_spelling_of_a_gmail_address_is_one_mailbox(spelling: str) -> None:
    assert fold(tidy_address(spelling)) == "suziesigner@gmail.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@own.example.org", "ab@own.example.org"),
        ("suzie+letters@example.org", "suzie@example.org"),
        ("suzie@example.org", "suzie@example.com"),
        ("suzie@mail.example.org", "suzie@example.org"),
        ("strasse@example.org", "straße@example.org"),
        ("suzie@strasse.example.org", "suzie@straße.example.org"),
        ("suzie@gmail.com.example.org", "suzie@gmail.com"),
        ("i@example.org", "ı@example.org"),
    ],
)
def test_t11_two_mailboxes_stay_two(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Suzie@Example.ORG", "suzie@example.org"),
        ("  suzie@example.org\n", "suzie@example.org"),
        ("suzie@bücher.example", "suzie@xn--bcher-kva.example"),
        ("suzie@BÜCHER.example", "suzie@bücher.example"),
        ("suzie@bücher.example", "suzie@bu\u0308cher.example"),
        ("ｓｕｚｉｅ@example.org", "suzie@example.org"),
        ("suzie@ｅｘａｍｐｌｅ.org", "suzie@example.org"),
        ("suzie@straße.example.org", "suzie@xn--strae-oqa.example.org"),
        ("\u00a8suzie@example.org", "\u0308suzie@example.org"),  # NFKC makes a space of its own
    ],
)
def test_t11_spellings_of_one_mailbox_have_one_key(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


def test_the_key_of_an_address_does_not_hold_the_address() -> None:
    key = email_key("suzie@example.org")
    assert len(key) == 32
    assert b"suzie" not in key


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("suzie@example.org", "suzie@example.org"),
        (" suzie@example.org ", "suzie@example.org"),
        ("Suzie.Signer+x@Example.ORG", "Suzie.Signer+x@example.org"),
        ("suzie@bücher.example.org", "suzie@xn--bcher-kva.example.org"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_mail_goes_to_the_address_as_it_was_typed(typed: str, written: str) -> None:
    assert tidy_address(typed) == written


REFUSED = {
    "a line feed and a header": "suzie@example.org\nBcc: victim@example.net",
    "a carriage return": "suzie@example.org\r\nRCPT TO:<victim@example.net>",
    "a line feed before the @": "suzie\n@example.org",
    "a null character": "suzie\x00@example.org",
    "a tab": "suzie\t@example.org",
    "a space": "suzie signer@example.org",
    "two addresses": "suzie@example.org,victim@example.net",
    "two addresses and a semicolon": "suzie@example.org;victim@example.net",
    "two @": "suzie@example.org@example.net",
    "a display name": "Suzie <suzie@example.org>",
    "a local part of 65": "a" * 65 + "@example.org",
    "255 in all": "a@" + ".".join(["b" * 61] * 4) + ".exam.org",
    "a domain without a dot": "suzie@localhost",
    "an address for a domain": "suzie@[127.0.0.1]",
    "an IPv6 address for a domain": "suzie@[IPv6:::1]",
    "no @": "suzie.example.org",
    "no local part": "@example.org",
    "no domain": "suzie@",
    "nothing": "",
    "a dot first": ".suzie@example.org",
    "two dots": "suzie..signer@example.org",
    "a domain with a hyphen first": "suzie@-example.org",
    "a domain with two dots": "suzie@example..org",
    "quoted": '"suzie@evil"@example.org',
    "a bidi override in the domain": "suzie@exa\u202emple.org",
    "a percent route": "suzie%example.net@",
    "one megabyte": "a" * 1_000_000 + "@example.org",
}


@pytest.mark.parametrize("typed", REFUSED.values(), ids=REFUSED.keys())
def test_t22_what_is_no_single_address_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_address(typed)
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    "typed", ["jörg@example.org", "用户@example.org", "suzie\u200b@example.org"]
)
def test_t23_letters_that_mail_servers_cannot_handle_are_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_address(typed)
    assert refused.value.code == "not_ascii"


def addresses() -> st.SearchStrategy[str]:
    """Addresses as people write them, many of them at a provider that folds, and any text."""
    domains = st.sampled_from(["gmail.com", "GoogleMail.com", "example.org", "bücher.example"])
    locals_ = st.from_regex(r"[A-Za-z0-9]{1,10}(\.[A-Za-z0-9]{1,5}){0,2}(\+[a-z.]{0,5})?\Z")
    return st.one_of(st.emails(), st.text(), st.tuples(locals_, domains).map("@".join))


@given(addresses())
def test_folding_twice_changes_nothing(address: str) -> None:
    assert fold(fold(address)) == fold(address)


@given(addresses())
def test_a_tidied_address_folds_like_the_one_that_was_typed(address: str) -> None:
    try:
        tidied = tidy_address(address)
    except ValidationError:
        return
    assert fold(tidied) == fold(address)
    assert tidy_address(tidied) == tidied


@given(st.text())
def test_whatever_is_looked_up_has_a_key(text: str) -> None:
    """Moderators search by what they paste."""
    assert len(email_key(text)) == 32
