"""A letter as it is read: the newest published text, in the best language there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters import publishing
from openletter.letters.models import Letter
from openletter.letters.queries import letters
from openletter.lib.ids import uuid7
from tests.factories import make_draft, make_letter, make_version, move_letter, text_of

pytestmark = pytest.mark.django_db
BOTH = {"en": ("One", "Hear."), "de": ("Eins", "Hört.")}


@pytest.mark.parametrize(("language", "title"), [("en", "One"), ("de", "Eins"), ("fr", "Eins")])
def test_a_letter_is_read_in_the_language_asked_for_or_else_its_own(
    language: str, title: str
) -> None:
    make_letter(texts=BOTH, reference_language="de")
    assert letters.letter_in("open-letter", language).title == title


def test_a_letter_without_the_pages_language_says_so_and_keeps_its_own(client: Client) -> None:
    make_letter(texts={"en": ("One", "Hear.")})
    page = client.get("/de/open-letter/").content.decode()
    assert '<html lang="de"' in page
    assert 'class="letter" lang="en"' in page
    assert 'class="letter-note"' in page


def test_a_letter_in_the_pages_language_needs_no_such_note(client: Client) -> None:
    make_letter(texts=BOTH)
    page = client.get("/de/open-letter/").content.decode()
    assert "Hört." in page
    assert "letter-note" not in page


def test_each_letter_of_the_home_page_is_in_the_best_language(client: Client) -> None:
    make_letter(slug="both", texts=BOTH)
    make_letter(slug="english", texts={"en": ("Other", "Hear.")})
    for path, titles in (("/", {"One", "Other"}), ("/de/", {"Eins", "Other"})):
        letters = client.get(path).context["letters"]
        assert {entry["letter"].title for entry in letters} == titles


def test_the_newest_published_version_is_read() -> None:
    letter = make_letter()
    make_version(letter, en="The second.")
    make_draft(letter, en="The third.")
    found = letters.letter_in("open-letter", "en")
    assert (found.version_number, found.translation.markdown) == (2, "The second.")
    assert [view.version_number for view in letters.letters_in("en")] == [2]


def test_a_version_in_fewer_languages_is_still_the_newest() -> None:
    letter = make_letter(texts=BOTH)
    version = make_draft(letter)
    version.translations.filter(language="de").delete()
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    assert letters.letter_in("open-letter", "de").version_number == 2


def test_the_newest_text_is_found_in_the_language_of_an_older_one() -> None:
    letter = make_letter(texts=BOTH)
    german = letter.versions.get().translations.get(language="de")
    assert letters.newest_text(german) == german
    make_version(letter, de="Hört alle.")
    make_draft(letter, de="Embargo.")
    assert letters.newest_text(german).markdown == "Hört alle."


def test_without_that_language_the_newest_text_is_in_the_reference_language() -> None:
    letter = make_letter(texts={"fr": ("Un", "Entendez."), **BOTH}, reference_language="de")
    french = letter.versions.get().translations.get(language="fr")
    version = make_draft(letter, de="Hört alle.")
    version.translations.filter(language="fr").delete()
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    newest = letters.newest_text(french)
    assert (newest.language, newest.markdown) == ("de", "Hört alle.")


def test_a_letter_that_nobody_may_read_has_no_newest_text() -> None:
    text = text_of(make_letter(state=Letter.State.DRAFT))
    with pytest.raises(letters.LetterMissing):
        letters.newest_text(text)


def test_a_letter_is_found_by_its_public_id() -> None:
    letter = make_letter(texts=BOTH)
    assert letters.letter_with_id(letter.public_id, "de").title == "Eins"
    with pytest.raises(letters.LetterMissing):
        letters.letter_with_id(uuid7(), "de")


def test_a_draft_is_found_by_nobody() -> None:
    letter = make_letter(state=Letter.State.DRAFT)
    move_letter(letter, to="renamed")
    finds: list[Callable[[], object]] = [
        lambda: letters.letter_in("renamed", "en"),
        lambda: letters.letter_in("open-letter", "en"),
        lambda: letters.letter_with_id(letter.public_id, "en"),
    ]
    for find in finds:
        with pytest.raises(letters.LetterMissing):
            find()
    assert letters.letters_in("en") == []
    assert letters.signed_text(text_of(letter).public_id) is None


def test_a_text_that_is_not_published_cannot_be_signed() -> None:
    letter = make_letter()
    draft = make_draft(letter).translations.get()
    assert letters.signed_text(draft.public_id) is None
    assert letters.signed_text(text_of(letter).public_id) is not None


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa-AF", "rtl"), ("xx", "ltr")],
)
def test_a_text_says_in_which_direction_it_is_read(language: str, direction: str) -> None:
    text = text_of(make_letter())
    text.language = language
    assert letters.LetterView(text, text.version.letter.created_at).direction == direction
