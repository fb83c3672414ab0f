"""T06: nobody advertises an address in a name, an affiliation or a comment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from openletter.lib.people import links
from openletter.lib.people.names import (
    tidy_comment,
    tidy_organisation_name,
    tidy_person_name,
    tidy_words,
)

SURE = [
    *("Join t.me/abc", "x.com/foo", "youtu.be/abc", "discord.gg/abc", "bit.ly/x", "evil.Win/abc"),
    *("http://x", "HTTPS://EXAMPLE", "hxxps://evil", "http:evil", "www.evil", "WWW.Evil.Com"),
    *(
        "ＷＷＷ．evil",
        "www。evil",
        "xn--e1a4c.xn--p1ai",
        "evil.com/?a=1",
        "evil.fr/%41",
        "спам.рф/а",
    ),
    *(
        "suzie@example.org",
        "Suzie <suzie@example.org>",
        "mailto:suzie@example.net",
        "s+x@a-b.co.uk",
    ),
    *(
        "suzie＠example．org",
        "почта@спам.рф",
        "Mail suzie@example.org.Danke",
        "(suzie@example.org)",
    ),
]
DOUBTFUL = [
    *("casino.win", "evil.ai", "example.fr", "evil.com", "sub.evil.com", "evil.co.uk", "EVIL.COM"),
    *(
        "ｅvil．com",
        "evil。com",
        "evil｡com",
        "evil․com",
        "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦",
        "Evil.Com",
        "Casino.org",
        "спам.рф",
    ),
    *(
        "t.me",
        "x.com",
        "Visit evil.com.",
        "(evil.de)",
        "evil.de!",
        "evil.de,",
        "evil.de/",
        "wir-hier.de",
    ),
    *("evil-.com", "evil1.net", "EVIL.AI", "Alice evil.shop", "evil.com-fan", "Mail.com/VK"),
    *(
        "bet.casino",
        "ai.berlin",
        "my.example.online",
        "Booking.com",
        "socket.io",
        "Win at example.com now",
    ),
]
WORDS = [
    *("dafür.De facto", "Gut.Top Aktion", "We are for it.In fact, all of us", "Ja.So ist es"),
    *("St.Gallen", "St.Gallen/Zürich", "e.V.", "i.R.", "z.B.", "u.a.", "d.h.", "Dr.med.", "ver.di"),
    *(
        "Dr.med. Anna Beispiel",
        "Dr.med.vet. Sam",
        "Dipl.Ing. Sam",
        "Univ.Prof. Sam",
        "Mag.art. Sam",
    ),
    *("J.R.R. Tolkien", "J.de Boer", "J.do Carmo", "A.di Marco", "M.van Dyck", "T.M.C. Asser"),
    *("Inc.", "A.B.C. Ltd.", "Muster GmbH & Co.KG", "Beispiel.AG", "E.ON", "S.p.A.", "S.à.r.l."),
    *("Node.js Foundation", "D3.js", "M.Sc/B.Sc", "M.Sc.", "Ph.D.", "B.A./M.A.", "U.S.A.", "3.5"),
    *("Müller et.al.", "Dept.nr 3", "DR.LI WEI", "PROF.GU", "Nguyen.Vu", "Fr.Li", "im 21.Jh."),
    *(
        "支持。AI很重要",
        "同意。我们",
        "Спасибо.Мы с вами",
        "г.Москва",
        "محمد.نعم",
        "and/or",
        "1/2",
        "...",
    ),
    *("Dr.in Maria Huber", "Prof.in Dr.in Eva", "prof.dr.ir. J. de Vries", "prof.mr.dr. J. Jansen"),
    *("Th.de Boer", "Sig.na Rossi", "cand.it.", "Dip.to di Matematica", "Dep.to de Física"),
    *(
        "Prof.at TU Wien",
        "Univ.Prof.in Huber",
        "Dipl.Ing.in Maier",
        "Dipl.-Ing.in Maier",
        "Ph.de Wit",
        "Mag.a Eder",
    ),
    *(
        "Priv.Doz.in Lang",
        "Dott.ssa Bruni",
        "Avv.to Bruni",
        "Sr.ta Gil",
        "N.B.to",
        "Hw.in",
        "Chr.is",
    ),
    *("Herr.Graf", "Smith.MD", "Vereinigung e.V.in Bonn", "a.D.", "Ges.m.b.H.", "X Æ", "", "."),
]


TIDY: list[Callable[[str], str]] = [
    tidy_person_name,
    tidy_organisation_name,
    partial(tidy_words, limit=150),
    tidy_comment,
]


@pytest.mark.parametrize("text", SURE)
def test_t06_a_sure_address_is_found_however_it_is_spelled(text: str) -> None:
    assert links.holds_address(text)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_t06_what_may_be_an_address_is_no_sure_one(text: str) -> None:
    assert links.looks_like_domain(text)
    assert not links.holds_address(text)


@pytest.mark.parametrize("text", WORDS)
def test_t06_a_dot_in_a_name_or_a_sentence_is_no_address(text: str) -> None:
    assert not links.looks_like_domain(text)
    assert not links.holds_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("CEO @ Example", "Women@Work", "IT@Spree e.V.", "Church@TheGreen", "@fire", "@attac.de"),
        *(
            "CEO@St.Gallen",
            "a@b",
            "suzie@",
            "@",
            "@@",
            "x@y.",
            "x@.de",
            "a @example.org",
            "x@y.nonsense",
        ),
    ],
)
def test_an_at_sign_without_a_domain_behind_it_is_no_address(text: str) -> None:
    assert not links.holds_address(text)


@pytest.mark.parametrize("text", ["Join t.me/abc", "Casino www.casino", "Alice ｅvil．com/x"])
def test_t06_an_address_is_refused_in_every_field_and_the_way_out_is_told(text: str) -> None:
    for tidy in TIDY:
        with pytest.raises(ValidationError, match=r"Booking\.com") as refused:
            tidy(text)
        assert refused.value.code == "link"


@pytest.mark.parametrize(
    "text", ["Dr.med. Anna Beispiel", "J.R.R. Tolkien", "Sam Li, e.V.", "Anna Booking.com"]
)
def test_t06_ordinary_names_and_affiliations_are_taken_as_they_are(text: str) -> None:
    for tidy in TIDY:
        assert tidy(text) == text


def test_t39_a_long_text_is_read_once() -> None:
    """Every dot costs the same, however long the words before it are."""
    for text in (
        "a@" * 100_000,
        "@a." * 60_000,
        "a" * 200_000 + "@" + "a" * 200_000,
        "www" * 60_000,
        "https" * 40_000,
        "a" * 200_000 + ".",
        "w-" * 100_000,
        "a." * 100_000,
        "a.b/" * 50_000,
        "." * 99_999,
    ):
        assert not links.holds_address(text)
