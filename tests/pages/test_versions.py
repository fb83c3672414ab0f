"""The public pages of a letter's versions: what they show, to whom, and at what cost."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import Tally
from openletter.letters import publishing
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import (
    make_draft,
    make_letter,
    make_many,
    make_published,
    make_signature,
    make_version,
    move_letter,
)
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
BOTH = {"en": ("One", "Hear us now."), "de": ("Eins", "Hört uns jetzt.")}
PAGES = ("versions/", "versions/1/", "versions/2/", "versions/2/changes/")


@pytest.fixture
def changed(letter: Letter) -> Letter:
    """A letter whose text has changed once."""
    make_version(letter, reason="a wrong <figure>", en="Dear world,\n\nplease listen.")
    return letter


def html_of(client: Client, address: str) -> str:
    response = client.get(f"/open-letter/{address}")
    assert response.status_code == 200
    return response.content.decode()


def signed(client: Client) -> dict[int, int]:
    """Return the number of signatures that the list shows, by the version's number."""
    entries = client.get("/open-letter/versions/").context["versions"]
    return {entry["version"].number: entry["signatures"] for entry in entries}


# --- The list -----------------------------------------------------------------------------------


def test_the_list_shows_every_version_newest_first(client: Client, changed: Letter) -> None:
    page = html_of(client, "versions/")
    for version in changed.versions.all():
        assert version.translations.get().sha256 in page
        assert f'href="/open-letter/versions/{version.number}/"' in page
    assert page.index("Version 2") < page.index("Version 1")
    assert "a wrong &lt;figure&gt;" in page
    assert page.count("changes/") == 1


def test_the_list_shows_each_language_of_a_version(client: Client) -> None:
    letter = make_letter(texts=BOTH)
    page = html_of(client, "versions/")
    for text in letter.versions.get().translations.all():
        assert text.sha256 in page
    assert ("English" in page, "German" in page) == (True, True)


def test_the_list_counts_the_signatures_of_each_version_in_all_its_languages(
    client: Client,
) -> None:
    letter = make_letter(texts=BOTH)
    make_many(letter, 2)
    make_published(letter, translation=letter.versions.get().translations.get(language="de"))
    make_version(letter)
    make_many(letter, 1)
    make_signature(letter)
    make_published(make_letter(slug="other"))
    assert signed(client) == {1: 3, 2: 1}
    assert "3 signatures" in html_of(client, "versions/")


def test_with_one_version_the_number_is_the_tally(client: Client, letter: Letter) -> None:
    make_many(letter, 3)
    Tally.objects.update(next_index=9, people=7)
    assert signed(client) == {1: 7}


def test_a_version_that_nobody_signed_has_no_signatures(client: Client, changed: Letter) -> None:
    assert signed(client) == {1: 0, 2: 0}


# --- One version --------------------------------------------------------------------------------


def test_each_version_can_be_read_as_it_was(client: Client, changed: Letter) -> None:
    old, new = (html_of(client, f"versions/{number}/") for number in (1, 2))
    assert "<p>listen.</p>" in old
    assert "<p>please listen.</p>" in new
    assert changed.versions.get(number=1).translations.get().sha256 in old


def test_a_version_that_is_not_the_newest_says_so(client: Client, changed: Letter) -> None:
    old, new = (html_of(client, f"versions/{number}/") for number in (1, 2))
    assert ('class="notice"' in old, 'class="notice"' in new) == (True, False)
    assert '<a href="/open-letter/">' in old
    assert '<a href="/open-letter/versions/2/changes/">' in old


def test_a_version_is_in_the_pages_language_or_else_in_the_reference_language(
    client: Client,
) -> None:
    letter = make_letter(texts=BOTH)
    version = make_draft(letter)
    version.translations.filter(language="de").delete()
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    both, english = (
        client.get(f"/de/open-letter/versions/{number}/").content.decode() for number in (1, 2)
    )
    assert "Hear us now." in html_of(client, "versions/1/")
    assert "Hört uns jetzt." in both
    assert 'class="letter-note"' not in both
    assert 'class="letter" lang="en"' in english
    assert english.count('class="letter-note"') == 2  # that it is the newest, and in English


# --- What changed -------------------------------------------------------------------------------


def test_what_changed_is_shown_against_the_version_before(client: Client, changed: Letter) -> None:
    make_version(changed, en="Dear world,\n\nplease listen now.")
    second, third = (html_of(client, f"versions/{number}/changes/") for number in (2, 3))
    assert "a wrong &lt;figure&gt;" in second
    assert second.count("<ins>") == third.count("<ins>") == 2  # one of them in the legend
    assert "please </span>" not in third
    assert "now.</ins>" in third


def test_the_first_version_has_nothing_before_it(client: Client, changed: Letter) -> None:
    assert client.get("/open-letter/versions/1/changes/").status_code == 404


def test_what_changed_is_shown_in_a_language_that_both_versions_have(client: Client) -> None:
    letter = make_letter(texts={"en": BOTH["en"]})
    version = make_draft(letter, en="Hear us all now.")
    publishing.write_text(
        version=version, language="de", title="Eins", addressee="", markdown="Hört alle."
    )
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    page = client.get("/de/open-letter/versions/2/changes/").content.decode()
    assert '<div class="changes" lang="en" dir="ltr">' in page
    assert 'class="letter-note"' in page
    make_version(letter, de="Hört uns alle.", en="Hear.")
    page = client.get("/de/open-letter/versions/3/changes/").content.decode()
    assert '<div class="changes" lang="de" dir="ltr">' in page
    assert 'class="letter-note"' not in page


def test_versions_without_a_common_language_are_not_compared(client: Client) -> None:
    letter = make_letter(texts={"en": BOTH["en"]})
    Letter.objects.update(reference_language="de")
    version = make_draft(letter, de="Hört alle.")
    version.translations.filter(language="en").delete()
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    page = html_of(client, "versions/2/changes/")
    assert 'class="changes"' not in page
    assert 'class="notice"' in page


def test_t18_texts_and_reasons_are_escaped(client: Client) -> None:
    script = "<script>alert(1)</script>"
    letter = make_letter(texts={"en": (script, script)}, sender_name=script)
    make_version(letter, reason=script, en=f"{script} {script}")
    for address in PAGES:
        page = html_of(client, address)
        assert "<script" not in page
        assert "&lt;script&gt;alert" in page


# --- To whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_t37_the_pages_are_public_and_set_no_cookie(
    client: Client, changed: Letter, address: str
) -> None:
    response = client.get(f"/open-letter/{address}")
    assert response["Cache-Control"] == PUBLIC
    assert response["Vary"] == "Accept-Encoding"
    assert response.has_header("ETag")
    assert not response.cookies
    assert client.post(f"/open-letter/{address}").status_code == 405


@pytest.mark.parametrize("number", [0, 3, 9_999_999_999, 10**40])
@pytest.mark.parametrize("part", ["", "changes/"])
def test_a_version_that_is_not_there_is_not_found(
    client: Client, changed: Letter, number: int, part: str
) -> None:
    assert client.get(f"/open-letter/versions/{number}/{part}").status_code == 404


def test_t15_nothing_of_a_draft_is_shown_anywhere(client: Client, changed: Letter) -> None:
    make_draft(changed, reason="embargo", en="Embargo.")
    for address in ("versions/3/", "versions/3/changes/"):
        assert client.get(f"/open-letter/{address}").status_code == 404
    for address in ("", *PAGES):
        assert "mbargo" not in html_of(client, address)


@pytest.mark.parametrize("address", PAGES)
def test_t15_nothing_of_a_letter_that_is_a_draft_is_shown(
    client: Client, changed: Letter, address: str
) -> None:
    Letter.objects.update(state=Letter.State.DRAFT)
    assert client.get(f"/open-letter/{address}").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/de"])
@pytest.mark.parametrize("address", PAGES)
def test_an_address_that_the_letter_once_had_leads_to_the_new_one(
    client: Client, changed: Letter, prefix: str, address: str
) -> None:
    move_letter(changed, to="renamed")
    response = client.get(f"{prefix}/open-letter/{address}")
    assert (response.status_code, response["Location"]) == (301, f"{prefix}/renamed/{address}")


# --- The way there, and the cost ----------------------------------------------------------------


def test_a_letter_leads_to_its_versions_and_to_what_changed(client: Client, letter: Letter) -> None:
    page = html_of(client, "")
    assert 'href="/open-letter/versions/"' in page
    assert "changes/" not in page
    make_version(letter)
    assert 'href="/open-letter/versions/2/changes/"' in html_of(client, "")


@pytest.mark.parametrize("address", PAGES)
def test_one_version_and_ten_cost_the_same(client: Client, letter: Letter, address: str) -> None:
    make_many(letter, 1)
    if address != "versions/":
        make_version(letter, en="Dear world,\n\nplease listen.")
    few = queries_of(client, f"/open-letter/{address}")
    for number in range(9):
        make_version(letter, en=f"Dear world,\n\nlisten {number} times.")
        make_many(letter, 2)
    assert queries_of(client, f"/open-letter/{address}") == few <= 4


def test_the_signatures_of_many_versions_are_counted_once_in_ten_seconds(
    client: Client, changed: Letter
) -> None:
    make_many(changed, 1)
    assert signed(client) == {1: 0, 2: 1}
    make_many(changed, 2)
    assert signed(client) == {1: 0, 2: 1}


def test_a_reason_in_another_language_says_which(client: Client, changed: Letter) -> None:
    reason = '<q lang="en" dir="auto">a wrong &lt;figure&gt;</q>'
    for page in ("versions/", "versions/2/changes/"):
        assert reason in html_of(client, page)
        assert "Englisch)" not in html_of(client, page)
        german = client.get(f"/de/open-letter/{page}").content.decode()
        assert reason in german
        assert "auf Englisch" in german
