"""The letter page: the text, the number, the newest names, and the form."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import dateformat, timezone

from openletter.counters import counts
from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from openletter.privacy.flows import Erasure, erase
from openletter.signatures.forms import SignForm
from tests.factories import (
    make_letter,
    make_many,
    make_published,
    make_signature,
    make_version,
    move_letter,
)
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


def names_in(client: Client, part: str) -> list[str]:
    return [one["name"] for one in client.get("/open-letter/").context[part]]


def test_it_shows_title_addressee_text_and_date(client: Client) -> None:
    make_letter(texts={"en": ("Hear us", "Dear *world*,\n\n## Listen")}, sender_name="The <Group>")
    page = client.get("/open-letter/").content.decode()
    assert "<h1" in page
    assert "Hear us</h1>" in page
    assert "<p>Dear <em>world</em>,</p>\n<h2>Listen</h2>" in page
    assert "The &lt;Group&gt;" in page
    assert "<time datetime=" in page


def test_it_shows_the_version_and_its_fingerprint(client: Client, letter: Letter) -> None:
    page = client.get("/open-letter/").content.decode()
    assert letter.versions.get().translations.get().sha256 in page


def test_the_number_counts_those_who_confirmed(client: Client, letter: Letter) -> None:
    make_many(letter, 3)
    make_signature(letter)
    Tally.objects.update(next_index=1234, people=1230, organisations=4)
    response = client.get("/open-letter/")
    assert response.context["numbers"].count == 1234
    page = response.content.decode()
    assert 'value="1234" data-count>1,234</data>' in page
    assert "data-count>1.234</data>" in client.get("/de/open-letter/").content.decode()


def test_the_newest_twenty_are_shown_newest_first(client: Client, letter: Letter) -> None:
    make_many(letter, 25)
    assert names_in(client, "newest") == [f"Signer {number}" for number in range(24, 4, -1)]
    assert client.get("/open-letter/").context["has_more"] is True


def test_twenty_names_need_no_second_page(client: Client, letter: Letter) -> None:
    make_many(letter, 20)
    response = client.get("/open-letter/")
    assert len(response.context["newest"]) == 20
    assert response.context["has_more"] is False


def test_those_who_prefer_not_to_be_named_are_counted_in_one_line(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 3)
    make_many(letter, 2, show_name=False, name="Nobody Shown")
    response = client.get("/open-letter/")
    page = response.content.decode()
    assert response.context["numbers"].unnamed == 2
    assert words_of(page) == "and 2 more who prefer not to be named"
    assert "Nobody Shown" not in page


def test_who_had_their_data_deleted_is_not_said_to_hide_their_name(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 2)
    make_many(letter, 1, show_name=False)
    goes = make_published(letter, name="Goes Away")
    erase(Erasure(bytes(goes.email_key), keep_count=True), now=timezone.now())
    for path in ("/open-letter/", "/open-letter/signatures/", "/open-letter/signatures/?after=3"):
        response = client.get(path)
        page = response.content.decode()
        assert (response.context["numbers"].unnamed, response.context["numbers"].erased) == (1, 1)
        assert words_of(page) == "and one more who prefers not to be named"
        assert "One signature counts without a name, because its data has been deleted." in page
        assert "Goes Away" not in page


def words_of(page: str) -> str:
    """Return what stands below the names; "" while it is hidden."""
    found = re.search(r'<p class="names__unnamed"([^>]*)>([^<]*)</p>', page)
    assert found
    assert (" hidden" in found[1]) == (found[2] == "")
    return found[2]


def test_without_such_signers_there_is_no_such_line(client: Client, letter: Letter) -> None:
    make_many(letter, 3)
    assert words_of(client.get("/open-letter/").content.decode()) == ""


def test_who_is_not_shown_is_counted_whether_named_or_not(client: Client, letter: Letter) -> None:
    make_many(letter, 31)
    make_many(letter, 3, show_name=False)
    make_published(letter, first_position=1)
    Tally.objects.update(next_index=101_714, people=101_714)
    for path in ("/open-letter/", "/de/open-letter/"):
        said = words_of(client.get(path).content.decode())
        assert re.findall(r"[\d.,]+\d|\d", said)[0].replace(".", ",") == "101,693"
    page = client.get("/open-letter/").content.decode()
    assert words_of(page) == "and 101,693 more, of whom 3 prefer not to be named"


def test_who_signed_another_text_is_told_beside_the_number(client: Client, letter: Letter) -> None:
    make_many(letter, 13)
    for path in ("/open-letter/", "/", "/open-letter/signatures/"):
        assert "number__versions" not in client.get(path).content.decode()
    make_version(letter)
    for path in ("/open-letter/", "/", "/open-letter/signatures/"):
        assert ">all on version 1</p>" in client.get(path).content.decode()
    make_many(letter, 2)
    counts.forget()
    assert ">13 of them on version 1</p>" in client.get("/open-letter/").content.decode()


def test_when_all_signed_the_newest_text_nothing_is_said(client: Client, letter: Letter) -> None:
    make_version(letter)
    make_many(letter, 2)
    assert " hidden></p>" in client.get("/open-letter/").content.decode()


def test_first_signatories_stand_in_the_organisers_order_and_not_twice(
    client: Client, letter: Letter
) -> None:
    for name, position in (("Third", 3), ("First", 1), ("Second", 2)):
        make_published(letter, name=name, first_position=position)
    make_published(letter, name="Somebody Else")
    assert names_in(client, "first") == ["First", "Second", "Third"]
    assert names_in(client, "newest") == ["Somebody Else"]


def test_a_first_signatory_who_is_not_shown_stays_unnamed(client: Client, letter: Letter) -> None:
    make_published(letter, name="Not Shown", first_position=1, show_name=False)
    assert names_in(client, "first") == []
    assert "Not Shown" not in client.get("/open-letter/").content.decode()


def test_names_and_what_stands_beside_them_are_escaped(client: Client) -> None:
    """T18: as if a row had come in some other way than through the form."""
    script = "<script>alert(1)</script>"
    Letter.objects.update(asks_comment=True)
    letter = make_letter(asks_comment=True)
    make_published(letter, name=script, title=script, affiliation=script, comment=script)
    for path in ("/open-letter/", "/open-letter/signatures/"):
        page = client.get(path).content.decode()
        assert script not in page
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4


def test_t18_titles_are_escaped_in_the_page_and_in_its_head(client: Client) -> None:
    script = '"><script>alert(1)</script>'
    make_letter(texts={"en": (script, script)}, sender_name=script)
    for path in ("/", "/open-letter/", "/open-letter/signatures/", "/open-letter/sign/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_form_asks_what_the_letter_asks(client: Client) -> None:
    make_letter(asks_country=False, asks_comment=True, takes_organisations=False)
    page = client.get("/open-letter/").content.decode()
    assert 'name="comment"' in page
    assert 'name="email"' in page
    assert 'name="country"' not in page
    assert 'name="kind"' not in page


def test_a_letter_that_opens_later_shows_no_form(client: Client) -> None:
    make_letter(opens_at=timezone.now() + timedelta(days=2))
    page = client.get("/open-letter/").content.decode()
    assert 'name="email"' not in page
    assert 'href="#sign"' not in page


def test_t37_it_sets_no_cookie_and_may_be_kept_by_anyone(client: Client, letter: Letter) -> None:
    client.cookies["session"] = "forged"
    response = client.get("/open-letter/")
    assert not response.cookies
    assert response["Cache-Control"] == PUBLIC
    assert response["Vary"] == "Accept-Encoding"


def test_the_page_is_the_same_until_something_on_it_changes(client: Client, letter: Letter) -> None:
    first = client.get("/open-letter/")["ETag"]
    again = client.get("/open-letter/", headers={"If-None-Match": first})
    assert again.status_code == 304
    make_many(letter, 1)
    assert client.get("/open-letter/")["ETag"] != first


def test_one_row_and_fifty_rows_need_the_same_number_of_queries(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 1)
    make_published(letter, first_position=1)
    few = queries_of(client, "/open-letter/")
    make_many(letter, 49)
    for position in (2, 3, 4):
        make_published(letter, first_position=position)
    assert queries_of(client, "/open-letter/") == few <= 6


def test_t37_campaign_tags_change_nothing(client: Client, letter: Letter) -> None:
    plain = client.get("/open-letter/")
    tagged = client.get("/open-letter/?utm_source=x&next=//evil.example&fbclid=1", follow=True)
    assert tagged.redirect_chain == [("/open-letter/", 301)]
    assert tagged.content == plain.content


def test_a_wrong_method_is_refused(client: Client, letter: Letter) -> None:
    for path in ("/", "/open-letter/", "/open-letter/signatures/"):
        response = client.post(path)
        assert (response.status_code, response["Cache-Control"]) == (405, "no-store")


def test_head_is_answered_like_get(client: Client, letter: Letter) -> None:
    for path in ("/", "/open-letter/", "/open-letter/signatures/", "/open-letter/count.json"):
        head, get = client.head(path), client.get(path)
        assert head.content == b""
        assert (head.status_code, head["ETag"]) == (200, get["ETag"]), path


@pytest.mark.parametrize("path", ["/open-letter", "/open-letter/nothing/", "/x/"])
def test_what_is_no_page_is_not_found_or_leads_there(
    client: Client, letter: Letter, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == (301 if path == "/open-letter" else 404)
    assert response["Cache-Control"] == "no-store"


def test_the_form_is_that_of_the_letter_as_it_is_now(client: Client, letter: Letter) -> None:
    """A process keeps the empty form by all that it is made of."""
    for asked in (False, True, False):
        Letter.objects.update(asks_comment=asked)
        page = client.get("/open-letter/").content.decode()
        assert ('name="comment"' in page) is asked
    german = client.get("/de/open-letter/").content.decode()
    assert "Nothing is published" in page
    assert "Nothing is published" not in german


def test_the_form_is_made_once_for_everybody(
    client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("the form was made again")

    first = client.get("/open-letter/").content
    monkeypatch.setattr(SignForm, "__init__", refuse)
    assert client.get("/open-letter/").content == first


def test_the_text_is_rendered_once_and_says_where_its_versions_are_now(
    client: Client, letter: Letter
) -> None:
    client.get("/open-letter/")
    with patch.object(dateformat, "format", side_effect=AssertionError("rendered again")):
        assert "/open-letter/versions/" in client.get("/open-letter/").content.decode()
    move_letter(letter, to="renamed")
    page = client.get("/renamed/").content.decode()
    assert "/renamed/versions/" in page
    assert "open-letter/" not in page
