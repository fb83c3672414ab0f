"""T06: nobody advertises an address in a name, an affiliation or a comment."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from openletter.lib import links
from openletter.lib.names import tidy_affiliation, tidy_comment, tidy_name

ADDRESSES = [
    *("Join t.me/abc", "x.com/foo", "youtu.be/abc", "discord.gg/abc", "casino.win", "evil.ai"),
    *("example.fr", "evil.com", "sub.evil.com", "evil.co.uk", "EVIL.COM", "Evil.Com", "Casino.org"),
    *(
        "ｅvil．com",
        "evil。com",
        "evil｡com",
        "evil․com",
        "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦",
        "ＷＷＷ．evil",
        "suzie＠example",
    ),
    *("http://x", "HTTPS://EXAMPLE", "hxxps://evil", "www.evil", "xn--e1a4c.xn--p1ai", "спам.рф"),
    *(
        "bit.ly/x",
        "t.me",
        "x.com",
        "Visit evil.com.",
        "(evil.de)",
        "evil.de!",
        "evil.de,",
        "a-b.de",
    ),
    *("evil-.com", "evil1.net", "EVIL.AI", "evil.nonsense/path", "Alice evil.shop", "evil.com-fan"),
    *("evil.Win/abc", "bet.casino", "ai.berlin", "my.example.online", "Booking.com", "socket.io"),
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
    *("Herr.Graf", "Smith.MD", "Vereinigung e.V.in Bonn", "a.D.", "Ges.m.b.H.", "X Æ", "", "."),
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_t06_an_address_is_found_however_it_is_spelled(text: str) -> None:
    assert links.holds_address(text)


@pytest.mark.parametrize("text", WORDS)
def test_t06_a_dot_in_a_name_or_a_sentence_is_no_address(text: str) -> None:
    assert not links.holds_address(text)


@pytest.mark.parametrize("text", ["Join t.me/abc", "Casino casino.win", "Alice ｅvil．com"])
def test_t06_an_address_is_refused_in_every_field_and_the_way_out_is_told(text: str) -> None:
    for tidy in (tidy_name, tidy_affiliation, tidy_comment):
        with pytest.raises(ValidationError, match="without its ending") as refused:
            tidy(text)
        assert refused.value.code == "link"


@pytest.mark.parametrize("text", ["Dr.med. Anna Beispiel", "J.R.R. Tolkien", "Sam Li, e.V."])
def test_t06_ordinary_names_and_affiliations_are_taken_as_they_are(text: str) -> None:
    assert tidy_name(text) == tidy_affiliation(text) == tidy_comment(text) == text


def test_t39_a_long_text_is_read_once() -> None:
    """Every dot costs the same, however long the words before it are."""
    for text in (
        "a" * 200_000 + ".",
        "w-" * 100_000,
        "a." * 100_000,
        "a.b/" * 50_000,
        "." * 99_999,
    ):
        assert not links.holds_address(text)
