"""E-mail addresses: which are taken, how they are written to, and which are one mailbox."""

from __future__ import annotations

from itertools import product

import idna
import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from openletter.lib.people import mailboxes
from openletter.lib.people.addresses import (
    domain_of,
    email_key,
    fold,
    is_big_provider,
    readable,
    taken_out,
    tidy_address,
)

GMAIL = [
    f"{local}{tag}@{domain}"
    for local, tag, domain in product(
        ("suziesigner", "suzie.signer", "s.u.z.i.e.signer", "Suzie.Signer", "SUZIESIGNER"),
        ("", "+letters", "+", "+a.b+c"),
        ("gmail.com", "googlemail.com", "GMail.com", "GOOGLEMAIL.COM"),
    )
]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("suzie@bücher.example.org", "suzie@bücher.example.org"),
        ("Suzie@BÜCHER.example.org", "Suzie@bücher.example.org"),
        ("suzie@straße.example", "suzie@straße.example"),
        ("suzie@пример.example", "suzie@пример.example"),
        ("suzie@example.org", "suzie@example.org"),
    ],
)
def test_an_address_can_be_read_as_it_was_typed(typed: str, shown: str) -> None:
    tidied = tidy_address(typed)
    assert tidied.isascii()
    assert readable(tidied) == shown
    assert email_key(readable(tidied)) == email_key(tidied)


@pytest.mark.parametrize("address", ["", "x", "a@", "a@xn--", "a@xn--zzzz-.org", "a@xn--a.org"])
def test_what_is_no_address_is_shown_as_it_is(address: str) -> None:
    assert readable(address) == address


@pytest.mark.parametrize("spelling", GMAIL)
def test_t11_every_spelling_of_a_gmail_address_is_one_mailbox(spelling: str) -> None:
    assert fold(tidy_address(spelling)) == "suziesigner@gmail.com"


def test_t11_sixty_four_variants_of_one_gmail_address_are_one_key() -> None:
    dots = [f"s{a}u{b}z{c}ie" for a, b, c in product(("", "."), repeat=3)]
    ends = [f"{tag}@{domain}" for tag in ("", "+x") for domain in ("gmail.com", "GoogleMail.com")]
    variants = {f"{local}{end}" for local in (*dots, *map(str.upper, dots)) for end in ends}
    assert len(variants) == 64
    assert len({email_key(tidy_address(variant)) for variant in variants}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("suzie+letters@outlook.com", "suzie@outlook.com"),
        ("Suzie+x@hotmail.co.uk", "suzie@hotmail.co.uk"),
        ("suzie+x@me.com", "suzie@me.com"),
        ("suzie+x@fastmail.fm", "suzie@fastmail.fm"),
        ("suzie+x@posteo.de", "suzie@posteo.de"),
        ("suzie+x@mailbox.org", "suzie@mailbox.org"),
        ("suzie+x@zoho.eu", "suzie@zoho.eu"),
        ("suzie.signer@pm.me", "Suzie-Sig_ner+x@protonmail.com"),
        ("suzie@proton.me", "suzie@protonmail.ch"),
        ("suzie+x@ya.ru", "suzie@yandex.com"),
    ],
)
def test_t11_spellings_that_a_provider_delivers_to_one_mailbox_have_one_key(
    one: str, other: str
) -> None:
    assert email_key(tidy_address(one)) == email_key(tidy_address(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@own.org", "ab@own.org"),
        ("a+b@own.org", "a@own.org"),
        ("suzie.signer@outlook.com", "suziesigner@outlook.com"),
        ("suzie@outlook.com", "suzie@hotmail.com"),
        ("suzie@icloud.com", "suzie@me.com"),
        ("suzie.signer@yandex.ru", "suziesigner@yandex.ru"),
        ("suzie-x@yahoo.com", "suzie@yahoo.com"),
        ("suzie+x@web.de", "suzie@web.de"),
        ("suzie@posteo.de", "suzie@posteo.net"),
        ("+x@gmail.com", "+y@gmail.com"),
        ("+x@outlook.com", "+y@outlook.com"),
        ("suzie+letters@example.org", "suzie@example.org"),
        ("suzie@example.org", "suzie@example.com"),
        ("suzie@mail.example.org", "suzie@example.org"),
        ("strasse@example.org", "straße@example.org"),
        ("suzie@strasse.example.org", "suzie@straße.example.org"),
        ("suzie@gmail.com.example.org", "suzie@gmail.com"),
        ("i@example.org", "ı@example.org"),
        ("i@example.org", "İ@example.org"),
        ("suzie@i.example.org", "suzie@ı.example.org"),
        ("suzie@i.example.org", "suzie@İ.example.org"),
        ("ｓｕｚｉｅ@example.org", "suzie@example.org"),  # only a domain knows such letters
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
        ("suzie@ｅｘａｍｐｌｅ.org", "suzie@example.org"),
        ("suzie@straße.example.org", "suzie@xn--strae-oqa.example.org"),
        ("suzie@İ.example.org", "suzie@i\u0307.example.org"),
        ("suzie@ﬁ.example.org", "suzie@fi.example.org"),
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
        ("Info@Example.org", "Info@example.org"),
        ("POSTMASTER@example.org", "POSTMASTER@example.org"),
        ("S.u.z.i.e+x@GoogleMail.com", "S.u.z.i.e+x@googlemail.com"),
        ("'suzie'@example.org", "'suzie'@example.org"),
    ],
)
def test_mail_goes_to_the_address_as_it_was_typed(typed: str, written: str) -> None:
    assert tidy_address(typed) == written


@pytest.mark.parametrize("hidden", "\u200b\u202a\ufeff\u200e\u2060\u00ad\u200d\u034f\u3164\ufe0f")
def test_invisible_signs_are_removed_wherever_they_stand(hidden: str) -> None:
    for text in (
        f"{hidden}anna@example.net",
        f"anna@example.net{hidden}",
        f"an{hidden}na@example.net",
    ):
        assert tidy_address(text) == "anna@example.net"


@pytest.mark.parametrize(
    "pasted",
    [
        *("Anna Müller <anna@example.net>", "<anna@example.net>", "mailto:anna@example.net"),
        *("MAILTO:anna@example.net?subject=Hi&body=Ho", "<mailto:anna@example.net>"),
        *(
            '"Müller, Anna" <anna@example.net>',
            "Anna <anna@example.net>;",
            "Anna <anna@example.net>, ",
        ),
        *("anna@example.net <anna@example.net>", "'anna@example.net' <anna@example.net>"),
        *("(anna@example.net)", "[anna@example.net]", "'anna@example.net'", "„anna@example.net“"),
        *(
            "ａｎｎａ＠ｅｘａｍｐｌｅ．ｎｅｔ",
            "anna＠example.net",
            "anna@example．net",
            "anna@example。net",
        ),
        *("\u3000anna@example.net\u00a0", "\u202aanna@example.net\u202c"),
        "\u2066Anna Müller\u2069 <\u200banna@example.net>",
    ],
)
def test_the_address_is_taken_out_of_what_was_pasted(pasted: str) -> None:
    assert tidy_address(pasted) == "anna@example.net"


@pytest.mark.parametrize(
    "pasted",
    [
        *("bob@example.org <anna@example.net>", "Anna <anna@example.net>; Bob <bob@example.org>"),
        *("<anna@example.net> or <bob@example.org>", "<anna@example.net", "Anna anna@example.net"),
        *(
            "suzie@example.org\nBcc: <victim@example.net>",
            "<>",
            "mailto:",
            "Anna <>",
        ),
    ],
)
def test_where_it_is_not_clear_which_address_is_meant_none_is_taken(pasted: str) -> None:
    with pytest.raises(ValidationError):
        tidy_address(pasted)


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
    "a percent route": "suzie%example.net@",
    "one megabyte": "a" * 1_000_000 + "@example.org",
}


@pytest.mark.parametrize("typed", REFUSED.values(), ids=REFUSED.keys())
def test_t22_what_is_no_single_address_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_address(typed)
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    "typed", ["jörg@example.org", "用户@example.org", "suzié\u200b@example.org"]
)
def test_t23_letters_that_mail_servers_cannot_handle_are_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tidy_address(typed)
    assert refused.value.code == "not_ascii"


# --- What mailboxes.toml says -------------------------------------------------------------------


def test_every_domain_stands_in_the_table_once_as_it_is_looked_up() -> None:
    domains = [domain for provider in mailboxes.PROVIDERS for domain in provider.domains]
    assert len(domains) == len(set(domains)) > 200
    for domain in domains:
        main = mailboxes.BY_DOMAIN[domain]
        folded = main.domains[0] if main.one_mailbox else domain
        assert domain_of(f"suzie@{domain.upper()}") == folded, domain


def test_a_big_provider_is_known_by_the_domain_that_is_stored() -> None:
    for address in ("s@gmail.com", "s@googlemail.com", "s@GMX.de", "s@pm.me", "s@yahoo.co.uk"):
        assert is_big_provider(domain_of(address)), address
    for address in ("s@riseup.net", "s@example.org", "s@mail.gmail.com", "s"):
        assert not is_big_provider(domain_of(address)), address


# --- Whatever is typed --------------------------------------------------------------------------

LOCAL = st.from_regex(r"[A-Za-z0-9]{1,10}(\.[A-Za-z0-9]{1,5}){0,2}(\+[a-z.]{0,5})?\Z")


def addresses() -> st.SearchStrategy[str]:
    """Addresses as people write them, many of them at a provider that folds, and any text."""
    own = ["example.org", "bücher.example", "İ.example", "T\u0308.example", "GoogleMail.com"]
    domains = st.sampled_from([*own, *mailboxes.BY_DOMAIN])
    likely = st.tuples(LOCAL, domains).map("@".join)
    strange = st.tuples(st.text(), st.sampled_from(["@gmail.com", "@pm.me", "@"]), st.text())
    return st.one_of(st.emails(), st.text(), likely, strange.map("".join))


@given(addresses())
@example("suzie@T\u0308.-")  # small letters compose where capitals do not
@example("suzie@\u210c.-")  # and some capitals show only once they are plain letters
@example(". a@gmail.com")
def test_t11_folding_twice_changes_nothing(address: str) -> None:
    assert fold(fold(address)) == fold(address)


@given(addresses())
def test_t11_a_tidied_address_folds_like_the_one_that_was_typed(address: str) -> None:
    try:
        tidied = tidy_address(address)
    except ValidationError:
        return
    assert fold(tidied) == fold(taken_out(address))
    assert tidy_address(tidied) == tidied
    assert len(email_key(tidied)) == 32


@given(addresses())
@example("Info@example.org")
def test_mail_goes_to_the_local_part_as_it_was_typed(address: str) -> None:
    try:
        tidied = tidy_address(address)
    except ValidationError:
        return
    assert tidied.rpartition("@")[0] == taken_out(address).rpartition("@")[0]


@given(st.text("abcxyz0189", min_size=1, max_size=12), st.data())
def test_t11_case_tags_and_dots_make_no_difference_at_gmail(name: str, more: st.DataObject) -> None:
    dots = more.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    capitals = more.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    tag = more.draw(st.sampled_from(["", "+", "+x", "+A.b+c"]))
    domain = more.draw(st.sampled_from(["gmail.com", "Gmail.com", "googlemail.com"]))
    letters = [
        ("." if dot and place else "") + (char.upper() if capital else char)
        for place, (char, dot, capital) in enumerate(zip(name, dots, capitals, strict=True))
    ]
    assert fold(tidy_address(f"{''.join(letters)}{tag}@{domain}")) == f"{name}@gmail.com"


@given(st.text())
def test_whatever_is_looked_up_has_a_key(text: str) -> None:
    """Moderators search by what they paste."""
    assert len(email_key(text)) == 32


@pytest.mark.parametrize(
    "domain",
    ["Example.ORG", "a..b", "under_score.org", "-x.org", f"{'x' * 64}.org", "a b.org", "", "x.y."],
)
def test_a_domain_in_ascii_is_folded_as_idna_would_fold_it(domain: str) -> None:
    """The short way is taken for nearly every address, and must lead to the same mailbox."""
    try:
        expected = idna.encode(domain.lower(), uts46=True).decode()
    except idna.IDNAError:
        expected = domain.lower()
    assert fold(f"suzie@{domain}") == f"suzie@{expected}"
