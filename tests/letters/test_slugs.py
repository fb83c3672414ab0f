"""The addresses of letters: none that the site uses, and each leads to its letter for ever."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from openletter.letters.forms import LetterForm
from openletter.letters.models import FormerSlug, Letter
from openletter.letters.slugs import RESERVED, check_slug
from tests.factories import make_letter, move_letter
from tests.urls import first_segments

LANGUAGE_CODES = set(dict(settings.LANGUAGES))
PUBLIC_PAGES = ["/{}/", "/{}/signatures/", "/{}/sign/", "/{}/count.json"]
GERMAN_PAGES = ["/de/{}/", "/de/{}/signatures/", "/de/{}/sign/"]


def test_what_the_site_itself_uses_is_reserved() -> None:
    used = first_segments() | {settings.STATIC_URL.strip("/")}
    assert used - LANGUAGE_CODES - RESERVED == set()
    assert {"admin", "accounts", "s", "static"} <= used


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(first_segments() | LANGUAGE_CODES | {"static", "en"}))
def test_no_letter_gets_an_address_that_the_site_uses(slug: str) -> None:
    with pytest.raises(ValidationError):
        check_slug(slug, letter=None)


def form_with(slug: str) -> LetterForm:
    return LetterForm(
        {
            "slug": slug,
            "sender_name": "The Initiative",
            "reference_language": "en",
            "policy": "at_once",
            "retention_months": "6",
        }
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "slug",
    [
        *("admin", "de", "Open-AI", "open_ai", "-open", "open-", "open--ai", "öffnet", "a/b"),
        *("", "a" * 81, "open.ai", "open ai", "open\nai"),
    ],
)
def test_the_form_refuses_what_is_no_address(slug: str) -> None:
    assert "slug" in form_with(slug).errors


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["open-ai", "2026", "a", "administration", "a" * 80])
def test_the_form_takes_an_address(slug: str) -> None:
    assert form_with(slug).is_valid()


@pytest.mark.django_db
@pytest.mark.parametrize("page", PUBLIC_PAGES + GERMAN_PAGES)
def test_a_former_address_leads_on_from_every_page(client: Client, page: str) -> None:
    letter = make_letter(slug="first")
    move_letter(letter, to="second")
    move_letter(letter, to="third")
    for former in ("first", "second"):
        response = client.get(page.format(former))
        assert (response.status_code, response["Location"]) == (301, page.format("third"))
        assert client.get(response["Location"]).status_code == 200


@pytest.mark.django_db
def test_a_letter_may_take_an_address_that_it_had_before(client: Client) -> None:
    letter = make_letter(slug="first")
    move_letter(letter, to="second")
    check_slug("first", letter=letter)
    move_letter(letter, to="first")
    assert client.get("/first/").status_code == 200
    assert client.get("/second/")["Location"] == "/first/"
    assert FormerSlug.objects.count() == 1


@pytest.mark.django_db
def test_no_other_letter_may_take_an_address_that_still_leads_somewhere() -> None:
    move_letter(make_letter(slug="first"), to="second")
    with pytest.raises(ValidationError):
        check_slug("first", letter=make_letter(slug="another"))
    with pytest.raises(ValidationError):
        check_slug("first", letter=None)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PUBLIC_PAGES + GERMAN_PAGES)
def test_t15_the_former_address_of_a_draft_leads_nowhere(client: Client, page: str) -> None:
    letter = make_letter(slug="first", state=Letter.State.DRAFT)
    move_letter(letter, to="second")
    assert client.get(page.format("first")).status_code == 404


# --- Small letters --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_codes_of_languages_are_reserved_however_the_settings_write_them(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("pt-BR", "Portuguese")]
    with pytest.raises(ValidationError):
        check_slug("pt-br", letter=None)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Letter, FormerSlug])
def test_no_address_has_capitals_whoever_writes_it(model: type[Letter | FormerSlug]) -> None:
    letter = make_letter()
    FormerSlug.objects.create(slug="former", letter=letter)
    with pytest.raises(IntegrityError, match="address_has_no_capitals"), transaction.atomic():
        model.objects.update(slug="Capital")
