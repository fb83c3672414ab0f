"""What makes a signature suspect: found by its address, told to moderators in words."""

from __future__ import annotations

from typing import Any

import pytest
from disposable_email_domains import blocklist
from django.test import Client
from django.utils import translation

from openletter.signatures.abuse.flags import MEANINGS, address_flags, in_words
from openletter.signatures.models import Signature
from tests.asking import change
from tests.factories import make_published

LIST = "/admin/signatures/signature/"


@pytest.mark.parametrize(
    "domain",
    ["mailinator.com", "MAILINATOR.com", "anything.mailinator.com", "a.b.c.mailinator.com"],
)
def test_t12_a_throwaway_mailbox_is_flagged_at_the_service_and_below_it(domain: str) -> None:
    assert address_flags(domain) == ["disposable"]


@pytest.mark.parametrize(
    "domain",
    [
        *("example.org", "gmail.com", "posteo.de", "mailbox.org", "xn--bcher-kva.example"),
        *("examplemailinator.com", "mailinator.com.example.org", "mailinator", "com", "", "."),
    ],
)
def test_t12_an_ordinary_address_is_not(domain: str) -> None:
    assert address_flags(domain) == []


def test_t12_the_list_names_no_whole_country_or_provider() -> None:
    assert len(blocklist) > 5_000
    assert [domain for domain in blocklist if "." not in domain] == []


def test_every_flag_fits_its_column_and_is_explained() -> None:
    most = Signature._meta.get_field("flags").base_field.max_length or 0
    assert all(0 < len(flag) <= most for flag in MEANINGS)
    assert len({str(meaning) for meaning in MEANINGS.values()}) == len(MEANINGS)


def test_a_flag_that_nobody_explained_stands_for_itself() -> None:
    with translation.override("en"):
        words = in_words(["disposable", "of tomorrow"])
    assert words == "The address belongs to a service for throwaway mailboxes. of tomorrow"
    assert in_words([]) == ""


def names_found(desk: Client, query: str) -> list[str]:
    found = desk.get(f"{LIST}?{query}").context["cl"].result_list
    return sorted(one.name for one in found)


def test_the_desk_says_in_words_what_makes_a_signature_suspect(desk: Client) -> None:
    suspect = make_published(name="Suspect", flags=["disposable", "no mail server"])
    make_published(name="Ordinary")
    both = (
        "The address belongs to a service for throwaway mailboxes."
        " The domain of the address accepts no mail."
    )
    for page in (LIST, f"{LIST}{suspect.pk}/change/"):
        words = desk.get(page).content.decode()
        assert both in words
        assert words.count(both) == 1


def test_the_desk_finds_signatures_by_what_makes_them_suspect(desk: Client) -> None:
    make_published(name="Both", flags=["disposable", "no mail server"])
    make_published(name="Disposable", flags=["disposable"])
    make_published(name="Ordinary")
    assert names_found(desk, "flag=disposable") == ["Both", "Disposable"]
    assert names_found(desk, "flag=no+mail+server") == ["Both"]
    assert names_found(desk, "flag=nonsense") == []
    assert names_found(desk, "") == ["Both", "Disposable", "Ordinary"]


def test_flags_cannot_be_edited(desk: Client) -> None:
    signature = make_published(flags=["disposable"])
    typed = {"flags": "", "suspect": "", "first_position": "1"}
    change(desk, f"{LIST}{signature.pk}/change/", typed)
    after: Any = Signature.objects.get()
    assert (after.flags, after.first_position) == (signature.flags, 1)
