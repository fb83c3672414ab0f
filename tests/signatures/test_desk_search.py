"""Search at the desk finds a name however it is spelled, and reads no more rows than it must."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from openletter.letters.models import Letter
from openletter.lib import search
from openletter.lib.addresses import email_key
from openletter.signatures import desk_search
from tests.factories import make_letter, make_published, make_version, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/signatures/signature/"


def found(desk: Client, typed: str) -> list[str]:
    response = desk.post(LIST, {"search": typed}, follow=True)
    assert "@" not in response.request["QUERY_STRING"]
    return sorted(one.name for one in response.context["cl"].result_list)


# The name as it was signed, and what is typed to find it.
SPELLINGS = [
    ("Jörg Müller", unicodedata.normalize("NFD", "Müller")),
    (unicodedata.normalize("NFD", "Jörg Müller"), "müller"),
    ("Jörg Müller", "MULLER"),
    ("Sean O'Brien", "O’Brien"),
    ("Sean O’Brien", "o'brien"),
    ("Sean OʼBrien", "obrien"),
    ("Nguyễn Văn An", "Nguyen"),
    ("Nguyễn Văn An", "van an"),
    ("Łukasz Żółć", "lukasz zolc"),
    ("Ærøskøbing Straße", "aeroskobing strasse"),
    ("Jean-Luc Picard", "jean luc"),
    ("Jean‑Luc Picard", "Jean-Luc"),
    ("Ｔａｎａｋａ Ｔａｒｏ", "tanaka"),
    ("Иван Петров", "петров"),
    ("Иван Петров", "ПЕТР"),
    ("Алёна Ёлкина", "елкина"),
    ("王伟", "王"),
    ("Μαρία Νάνου", "μαρια"),
    ("محمد علي", "علي"),
    ("Li Wu", "wu"),
    ("Suzie Signer", "signer suzie"),
    ("Women@Work e.V.", "women@work"),
    ("100% Recht", "100%"),
    ("24/7 AG", "24/7"),
    ("Back\\slash", "back\\slash"),
]


@pytest.mark.parametrize(("name", "typed"), SPELLINGS)
def test_a_name_is_found_in_every_spelling(desk: Client, name: str, typed: str) -> None:
    make_published(name=name)
    make_published(name="Quite Different")
    assert found(desk, typed) == [name]


@pytest.mark.parametrize(
    "typed", ["Zimmer", "Muller Zimmer", "320", "%", "_", "-", "´", "x", "p", "pdca", "ra"]
)
def test_what_fits_nobody_finds_nobody(desk: Client, typed: str) -> None:
    make_published(name="Jörg Müller")
    make_published(name="Иван Петров")
    assert found(desk, typed) == []


def test_title_and_affiliation_are_searched_too(desk: Client) -> None:
    make_published(name="Suzie", title="Tischlerin", affiliation="Universität Århus")
    make_published(name="Sam")
    assert found(desk, "arhus") == ["Suzie"]
    assert found(desk, "tischlerin suzie") == ["Suzie"]


ADDRESSES = [
    "dora@example.net",
    "Dora <dora@example.net>",
    "<dora@example.net>",
    "mailto:dora@example.net",
    '"Dora Döring" <Dora@Example.NET>,',
    "\u200bdora@example.net\ufeff",
    "ｄｏｒａ＠ｅｘａｍｐｌｅ．ｎｅｔ",
    "Please erase dora@example.net.",
    "(dora@example.net)",
]


@pytest.mark.parametrize("typed", ADDRESSES)
def test_an_address_is_taken_out_of_what_stands_around_it(desk: Client, typed: str) -> None:
    make_published(name="Dora", email="dora@example.net")
    make_published(name="Sam", email="sam@example.org")
    assert desk_search.query_for(typed) == {"address": email_key("dora@example.net").hex()}
    assert found(desk, typed) == ["Dora"]


@pytest.mark.parametrize("typed", ["dora@", "@example.net", "a@b@c", "@", "dora@example.net@x"])
def test_a_part_of_an_address_stands_in_no_url_and_finds_nobody(desk: Client, typed: str) -> None:
    make_published(name="Dora", email="dora@example.net")
    if desk_search.query_for(typed).get("address") != email_key("dora@example.net").hex():
        assert found(desk, typed) == []
    assert "q" not in desk_search.query_for(typed)


@pytest.mark.parametrize(
    ("typed", "query"), [("Women@Work", "Women@Work"), ("@fire e.V.", "@fire e.V.")]
)
def test_a_name_with_an_at_sign_is_a_name(typed: str, query: str) -> None:
    assert desk_search.query_for(typed) == {"q": query}


def make_a_hundred_thousand(letter: Letter) -> None:
    """One of them is called Zacharias Nguyễn; the others have names that share most syllables."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO signatures_signature (public_id, letter_id, translation_id, language,
                kind, name, title, affiliation, country, comment, email, email_key, email_domain,
                show_name, wants_updates, keeps_name, consent, state, flags, held_because,
                generation, created_at, asked_at, reminders, confirmed_by, revision, verdict)
            SELECT gen_random_uuid(), %s, %s, 'en', 'person',
                CASE WHEN n = 77777 THEN 'Zacharias Nguyễn' WHEN n = 77778 THEN 'Захар Нгуен'
                     ELSE (ARRAY['Anna','Berta','Carla','Dora','Emil','Иван'])[1 + n %% 6] || ' '
                       || (ARRAY['Meier','Müller','Schmidt','Петров','Nolan'])[1 + n %% 5]
                       || substr(md5(n::text), 1, 4) END,
                '', '', '', '', '', decode(md5(n::text) || md5(n::text), 'hex'), 'example.org',
                true, false, false, '', 'pending', '{}', '', 0, now(), now(), 0, '', 0, ''
            FROM generate_series(1, 100000) AS n""",
            [letter.pk, text_of(letter).pk],
        )
        cursor.execute("ANALYZE signatures_signature")


def rows_read(node: dict[str, Any]) -> int:
    """Return how many rows of the table the parts of a plan looked at."""
    own = 0
    if node.get("Relation Name") == "signatures_signature":
        removed = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Index Recheck", 0
        )
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return int(own) + sum(rows_read(part) for part in node.get("Plans", []))


@pytest.mark.django_db
def test_a_search_among_a_hundred_thousand_reads_a_few_rows(desk: Client) -> None:
    make_a_hundred_thousand(make_letter())
    for typed in ("nguyen", "zacharias nguyen", "нгуен"):
        cl = desk.post(LIST, {"search": typed}, follow=True).context["cl"]
        assert cl.result_count == 1, typed
        for query in (cl.queryset[:50], cl.queryset.order_by()):
            (plan,) = json.loads(query.explain(format="json", analyze=True))
            assert rows_read(plan["Plan"]) < 1000, (typed, plan)


def test_a_letter_is_found_by_title_address_and_sender(desk: Client) -> None:
    make_letter(slug="first", texts={"en": ("Öffnet die Akten", "x")}, sender_name="Bündnis A")
    other = make_letter(slug="second", texts={"en": ("Something else", "x")})
    make_version(other)
    for typed, slugs in (
        ("offnet akten", ["first"]),
        ("bundnis", ["first"]),
        ("second", ["second"]),
        ("else", ["second"]),
        ("nothing", []),
    ):
        cl = desk.get("/admin/letters/letter/", {"q": typed}).context["cl"]
        assert [letter.slug for letter in cl.result_list] == slugs, typed


def test_folding_has_a_bound_on_words() -> None:
    assert len(search.terms("word " * 1000)) == 8


def test_folding_is_the_same_for_what_is_folded_already() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT openletter_folded('Ｊöŕǵ Ｍüller-O’Brien, Dr.')")
        assert cursor.fetchone()[0] == " jorg muller obrien dr"
