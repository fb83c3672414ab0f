"""A letter is begun with its title: its address follows, and its first text begins with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from openletter.letters import publishing, slugs
from openletter.letters.models import Letter, TextVersion
from tests.asking import form_of
from tests.factories import make_draft, make_letter, make_update, make_version, move_letter
from tests.letters.steps import LETTERS, VERSIONS, begin, settings_of
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


PROPOSED = [
    ("Öffnet die Akten für alle!", "de", "oeffnet-die-akten-fuer-alle"),
    ("Öppna arkiven för alla", "sv", "oppna-arkiven-for-alla"),
    ("L’été à Besançon", "fr", "l-ete-a-besancon"),
    ("Łódź ßpeaks: 24/7", "pl", "lodz-sspeaks-24-7"),
    ("Admin", "en", "admin-2"),
    ("de", "en", "de-2"),
    ("Ｏｐｅｎ", "en", "open"),
    ("word " * 30, "en", "-".join(["word"] * 12)),
    ("x" * 200, "en", "x" * 60),
    ("Откройте архивы", "ru", ""),
    ("!!!", "en", ""),
]


@pytest.mark.parametrize(("title", "language", "slug"), PROPOSED)
def test_an_address_is_proposed_from_the_title(title: str, language: str, slug: str) -> None:
    assert slugs.propose(title, language=language) == slug


def test_an_address_that_is_taken_is_not_proposed() -> None:
    move_letter(make_letter(slug="hear-us"), to="hear-us-2")
    assert slugs.propose("Hear us", language="en") == "hear-us-3"


def test_the_address_follows_the_title_when_it_is_left_empty(desk: Client) -> None:
    desk.post(f"{LETTERS}add/", settings_of("", title="Öffnet die Akten", reference_language="de"))
    letter = Letter.objects.get()
    assert (letter.slug, letter.title, str(letter)) == (
        "oeffnet-die-akten", "Öffnet die Akten", "Öffnet die Akten",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ärzte für Äcker, Öl & Übermut: Straße!", "aerzte-fuer-aecker-oel-uebermut-strasse"),
        ("A\u0308pfel fu\u0308r alle", "aepfel-fuer-alle"),
        ("STRASSE UND STRAẞE", "strasse-und-strasse"),
    ],
)
def test_german_letters_are_written_out_in_german_only(title: str, slug: str) -> None:
    assert slugs.propose(title, language="de") == slug
    assert "fur" in slugs.propose("für", language="en")
    assert slugs.propose("für", language="tr") == "fur"


def test_a_new_letter_is_in_the_language_of_the_desk(desk: Client) -> None:
    for language in ("de", "en"):
        page = desk.get(f"{LETTERS}add/", headers={"Accept-Language": language})
        assert page.context["adminform"].form["reference_language"].value() == language


def test_the_main_button_of_a_new_letter_leads_to_its_text(desk: Client, letter: Letter) -> None:
    page = desk.get(f"{LETTERS}add/").content.decode()
    first, *_others = re.findall(r'<(?:button|input) type="submit"[^>]*>', form_in(page))
    assert 'value="begin"' in first
    assert page.count('class="button default"') + page.count('class="default"') == 1
    page = desk.get(f"{LETTERS}{letter.pk}/change/").content.decode()
    first, *_others = re.findall(r'<(?:button|input) type="submit"[^>]*>', form_in(page))
    assert 'name="_save"' in first


def form_in(page: str) -> str:
    return page[page.index('id="letter_form"') :]


WRONG = ["Big Letters", "öffnet", "a_b", "admin", "-x", "x" * 90, "a b" * 40]


@pytest.mark.parametrize("slug", WRONG)
def test_a_wrong_address_gets_one_sentence(desk: Client, slug: str) -> None:
    response = desk.post(f"{LETTERS}add/", settings_of(slug))
    assert len(response.context["adminform"].form.errors["slug"]) == 1
    assert slug in response.content.decode()


def test_an_address_that_another_letter_has_gets_one_sentence(desk: Client) -> None:
    make_letter(slug="taken")
    response = desk.post(f"{LETTERS}add/", settings_of("taken"))
    (sentence,) = response.context["adminform"].form.errors["slug"]
    assert "Another letter already has this address" in sentence


def test_a_title_that_gives_no_address_asks_for_one(desk: Client) -> None:
    response = desk.post(f"{LETTERS}add/", settings_of("", title="Откройте архивы"))
    assert len(response.context["adminform"].form.errors["slug"]) == 1


def test_emptying_the_address_of_a_letter_keeps_it(desk: Client, letter: Letter) -> None:
    desk.post(f"{LETTERS}{letter.pk}/change/", settings_of(""))
    letter.refresh_from_db()
    assert letter.slug == "open-letter"


# --- The first text, and one more ---------------------------------------------------------------


def form_shown(desk: Client, version: TextVersion) -> dict[str, Any]:
    return form_of(desk.get(f"{VERSIONS}{version.pk}/change/"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_text_has_the_title_and_the_reference_language(
    desk: Client, language: str
) -> None:
    letter = Letter.objects.create(
        slug="x", sender_name="We", title="Hear us", reference_language=language
    )
    begin(desk, letter)
    shown = form_shown(desk, letter.versions.get())
    assert (shown["translations-0-language"], shown["translations-0-title"]) == (
        language, "Hear us",
    )  # fmt: skip


def test_a_text_more_is_in_the_next_language_that_is_missing(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    page = desk.get(f"{VERSIONS}{version.pk}/change/").content.decode()
    template = page[page.index('id="translations-empty"') :]
    select = template[template.index("translations-__prefix__-language") :]
    assert '<option value="de" selected>' in select[: select.index("</select>")]


def test_a_new_update_begins_in_the_reference_language_of_its_letter(desk: Client) -> None:
    letter = make_letter(reference_language="de")
    shown = form_of(desk.get(f"/admin/letters/update/add/?letter={letter.pk}"))
    assert shown["texts-0-language"] == "de"
    assert shown["letter"] == str(letter.pk)


def test_a_text_of_which_only_the_language_is_chosen_is_none(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    row = {"language": "de", "title": "", "addressee": "", "markdown": "", "id": ""}
    sent = form_shown(desk, version) | {f"translations-1-{k}": v for k, v in row.items()}
    sent["translations-TOTAL_FORMS"] = "2"
    assert desk.post(f"{VERSIONS}{version.pk}/change/", sent).status_code == 302
    assert version.translations.count() == 1


# --- What things are called ---------------------------------------------------------------------


def title_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return str(letter)


def test_a_letter_is_called_what_its_newest_published_text_is_called() -> None:
    letter = make_letter(texts={"en": ("First", "x"), "de": ("Erster", "x")})
    assert title_of(letter) == "First"
    version = make_draft(letter)
    version.translations.update(title="Second")
    publishing.take_title(letter.pk)
    assert title_of(letter) == "First"  # the draft is not what people read
    Letter.objects.update(reference_language="de")
    publishing.take_title(letter.pk)
    assert title_of(letter) == "Erster"


def test_while_there_is_only_a_draft_the_letter_is_called_after_it(desk: Client) -> None:
    letter = Letter.objects.create(slug="x", sender_name="We", title="Working title")
    begin(desk, letter)
    version = letter.versions.get()
    sent = form_shown(desk, version) | {
        "translations-0-title": "Hear us",
        "translations-0-markdown": "Please.",
    }
    desk.post(f"{VERSIONS}{version.pk}/change/", sent)
    assert title_of(letter) == "Hear us"


def test_a_letter_without_any_title_is_called_after_its_sender() -> None:
    assert "The Initiative" in str(Letter(slug="x", sender_name="The Initiative"))


def test_what_belongs_to_a_letter_is_called_after_it() -> None:
    letter = make_letter(texts={"en": ("Hear us", "x")})
    version = make_version(letter)
    assert str(version) == "Hear us, version 2"
    assert str(make_update(letter)) == "Hear us, update 1"
    assert str(version.translations.get()) == "English"


@pytest.mark.parametrize("name", ["letter", "textversion", "update"])
def test_a_list_asks_no_more_for_many_letters_than_for_one(desk: Client, name: str) -> None:
    def make(number: int) -> None:
        letter = make_letter(slug=f"letter-{number}")
        make_version(letter)
        make_update(letter)

    make(1)
    few = queries_of(desk, f"/admin/letters/{name}/")
    for number in range(2, 9):
        make(number)
    # Choices of a filter come with the second letter, by one question for all.
    assert queries_of(desk, f"/admin/letters/{name}/") <= few + 1


def test_times_say_in_which_zone_they_are_meant(
    desk: Client, letter: Letter, settings: Any
) -> None:
    settings.TIME_ZONE = "America/New_York"
    page = f"{LETTERS}{letter.pk}/change/"
    assert desk.get(page).content.decode().count("America/New_York") >= 3
    sent = form_of(desk.get(page)) | {"closes_at_0": "2999-01-01", "closes_at_1": "09:00"}
    desk.post(page, sent)
    letter.refresh_from_db()
    assert letter.closes_at is not None
    assert letter.closes_at.isoformat() == "2999-01-01T14:00:00+00:00"
