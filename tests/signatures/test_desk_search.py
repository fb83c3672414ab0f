"""Search at the desk finds a name however it is spelled, and reads no more rows than it must."""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.admin import change_lists
from openletter.lib.db import search
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import email_key
from openletter.privacy.flows import Erasure, erase
from openletter.self_service import changes
from openletter.signatures import desk_search, search_words
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published, make_signature, make_version, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/signatures/signature/"
MANY = 10_000


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
    "olive@example.net",
    "Olive <olive@example.net>",
    "<olive@example.net>",
    "mailto:olive@example.net",
    '"Olive Döring" <Olive@Example.NET>,',
    "\u200bolive@example.net\ufeff",
    "ｏｌｉｖｅ＠ｅｘａｍｐｌｅ．ｎｅｔ",
    "Please erase olive@example.net.",
    "(olive@example.net)",
    "Write to (olive@example.net), please",
    "olive@example.net;sam@example.org",
    "„olive@example.net“",
    "‹olive@example.net›",
    # Signs that nobody sees, of every kind that forms take out.
    *(
        f"ol{sign}ive@example{sign}.net"
        for sign in ("\u2066", "\u2062", "\ufe0f", "\u3164", "\u00ad")
    ),
    "mailto:olive@example.net?subject=Erase",
]


@pytest.mark.parametrize("typed", ADDRESSES)
def test_an_address_is_taken_out_of_what_stands_around_it(desk: Client, typed: str) -> None:
    make_published(name="Olive", email="olive@example.net")
    make_published(name="Sam", email="sam@example.org")
    assert desk_search.query_for(typed) == {"address": email_key("olive@example.net").hex()}
    assert found(desk, typed) == ["Olive"]


@pytest.mark.parametrize("typed", ["olive@", "@example.net", "a@b@c", "@", "olive@example.net@x"])
def test_a_part_of_an_address_stands_in_no_url_and_finds_nobody(desk: Client, typed: str) -> None:
    make_published(name="Olive", email="olive@example.net")
    if desk_search.query_for(typed).get("address") != email_key("olive@example.net").hex():
        assert found(desk, typed) == []
    assert "q" not in desk_search.query_for(typed)


@pytest.mark.parametrize(
    ("typed", "query"), [("Women@Work", "Women@Work"), ("@fire e.V.", "@fire e.V.")]
)
def test_a_name_with_an_at_sign_is_a_name(typed: str, query: str) -> None:
    assert desk_search.query_for(typed) == {"q": query}


def test_a_name_keeps_the_joiners_that_its_spelling_needs() -> None:
    assert desk_search.query_for("\u2066علی\u200cرضا\ufeff") == {"q": "علی\u200cرضا"}


def make_many_thousand(letter: Letter) -> None:
    """One of them is called Zacharias Nguyễn; the others have names that share most syllables."""
    first, last = ("Anna", "Berta", "Emil", "Иван"), ("Meier", "Müller", "Schmidt", "Петров")
    rare = {777: "Zacharias Nguyễn", 778: "Захар Нгуен"}
    now, text = timezone.now(), text_of(letter)
    columns = "name, search_text, state, confirmed_at, email_key, public_id"
    with connection.cursor() as cursor:
        # The columns that are all alike get a default while the rows are copied.
        alike: dict[str, str | int | datetime] = {
            "letter_id": letter.pk, "translation_id": text.pk, "generation": 0, "reminders": 0,
            "created_at": now, "asked_at": now, "show_name": True, "wants_updates": False,
            "kind": "person",
        }  # fmt: skip
        empty = (
            "language", "title", "affiliation", "country", "comment", "email", "email_domain",
            "consent", "held_because",
        )  # fmt: skip
        for column, value in {**alike, **dict.fromkeys(empty, "")}.items():
            cursor.execute(
                f"ALTER TABLE signatures_signature ALTER COLUMN {column} SET DEFAULT %s", [value]
            )
        with cursor.copy(f"COPY signatures_signature ({columns}) FROM STDIN") as copy:
            for n in range(MANY):
                key = sha256(str(n).encode())
                name = rare.get(n) or f"{first[n % 4]} {last[n % 3]}{key.hexdigest()[:4]}"
                row = (name, search.fold(name), "published", now, key.digest(), uuid7())
                copy.write_row(row)
        cursor.execute("ANALYZE signatures_signature")
    search_words.tidy()


def rows_read(node: dict[str, Any]) -> int:
    """Return how many rows of the table the parts of a plan looked at."""
    own = 0
    if node.get("Relation Name") == "signatures_signature":
        removed = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Index Recheck", 0
        )
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return int(own) + sum(rows_read(part) for part in node.get("Plans", []))


def test_a_search_among_many_thousand_reads_a_few_rows(desk: Client) -> None:
    make_many_thousand(make_letter())
    for typed in ("nguyen", "zacharias nguyen", "нгуен"):
        rows = Signature.objects.filter(confirmed_at__isnull=False)
        for term in search.terms(typed):
            rows = rows.filter(search_text__contains=term)
        keys = rows.values_list("pk")[: change_lists.MOST_FOUND + 1]
        (plan,) = json.loads(keys.explain(format="json", analyze=True))
        assert rows_read(plan["Plan"]) < 100, (typed, plan)
        cl = desk.post(LIST, {"search": typed}, follow=True).context["cl"]
        assert cl.result_count == 1, typed
    # A frequent name has as many as can be looked through, and says so.
    response = desk.post(LIST, {"search": "muller"}, follow=True)
    assert response.context["cl"].result_count == change_lists.MOST_FOUND
    assert len(response.context["messages"]) == 1


def test_who_has_not_confirmed_is_searched_when_that_is_asked_for(desk: Client) -> None:
    make_signature(name="Olive Waits")
    make_published(name="Olive Counts")
    assert found(desk, "olive") == ["Olive Counts"]
    for state, names in (("pending", ["Olive Waits"]), ("published", ["Olive Counts"])):
        cl = desk.get(LIST, {"q": "olive", "state__exact": state}).context["cl"]
        assert [one.name for one in cl.result_list] == names


def test_who_signs_adds_nothing_to_the_index() -> None:
    """What costs the most is done by nobody who waits: it holds those who confirmed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(indpred, indrelid), pg_get_expr(indexprs, indrelid) FROM pg_index"
            " WHERE indexrelid = 'signature_by_words'::regclass"
        )
        assert cursor.fetchone() == ("(confirmed_at IS NOT NULL)", None)
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname LIKE 'openletter%'")
        assert not cursor.fetchall()


def search_text(signature: Signature) -> str:
    return Signature.objects.values_list("search_text", flat=True).get(pk=signature.pk)


def test_words_that_are_corrected_are_found_and_the_former_are_not(desk: Client) -> None:
    signature = make_published(name="Jörg Müller", affiliation="Æon")
    assert search_text(signature) == " jorg muller aeon"
    unsaid = dict.fromkeys(("represented_by", "title", "affiliation", "country", "comment"), "")
    to = changes.Correction(name="Georg Maier", **unsaid)
    changes.correct(signature.pk, to=to, now=timezone.now())
    assert search_text(signature) == " georg maier"
    assert (found(desk, "georg"), found(desk, "muller")) == (["Georg Maier"], [])


def test_who_is_erased_is_found_by_no_word() -> None:
    signature = make_published(name="Jörg Müller")
    erase(Erasure(bytes(signature.email_key), keep_count=True), now=timezone.now())
    assert search_text(signature) == ""


def test_what_the_version_before_writes_says_nothing_else_and_is_found_soon() -> None:
    """It knows no such column, neither when it erases nor when it stores."""
    changed, stored, erased = (make_published(name=f"Jörg {one}") for one in "ABC")
    Signature.objects.filter(pk=changed.pk).update(name="Georg A")
    Signature.objects.filter(pk=stored.pk).update(search_text="")
    Signature.objects.filter(pk=erased.pk).update(name="")
    assert [search_text(one) for one in (changed, stored, erased)] == ["", "", ""]
    assert search_words.tidy() == 2
    after = [search_text(one) for one in (changed, stored, erased)]
    assert after == [" georg a", " jorg b", ""]
    assert search_words.tidy() == 0


def test_the_database_keeps_no_samples_of_what_is_searched() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstattarget FROM pg_attribute WHERE attname = 'search_text'"
            " AND attrelid = 'signatures_signature'::regclass"
        )
        assert cursor.fetchone() == (0,)


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
    folded = search.fold("Ｊöŕǵ Ｍüller-O’Brien, Dr.")
    assert folded == " jorg muller obrien dr"
    assert search.fold(folded) == folded


def test_several_texts_are_one_after_the_other() -> None:
    assert search.fold("Anna", "", "Dr.") == " anna dr"
    assert (search.fold(""), search.fold("", ""), search.fold("★")) == ("", "", " ")


def test_whatever_is_in_a_name_it_can_be_folded() -> None:
    every = "".join(map(chr, range(0x3000))) + "😀\u202e\U000e0100\ud800"
    assert search.fold(every).isascii()
    assert search.terms(every)


@pytest.mark.parametrize(
    ("one", "other"), [("か", "が"), ("राम", "रम"), ("เมา", "มา"), ("한", "하"), ("и", "п")]
)
def test_other_letters_stay_other_letters(one: str, other: str) -> None:
    assert search.fold(one) != search.fold(other)


def test_no_letter_begins_within_another() -> None:
    """Else a search would find what it is not."""
    letters = [search.fold(letter).strip() for letter in "ивананемерпетровЖ王伟علي"]
    for whole in (f"{a}{b}" for a in letters for b in letters):
        assert {one for one in letters if one in whole} <= {
            whole[:4],
            whole[4:],
            whole[:6],
            whole[6:],
        }
