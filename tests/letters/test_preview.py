"""A preview looks like what readers will see: the same classes, language and direction."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from openletter.letters.models import Letter
from tests.factories import make_draft

pytestmark = pytest.mark.django_db
TEXTS = {
    "letter": ("/admin/letters/textversion/{}/preview/", "translations"),
    "update": ("/admin/letters/update/preview/", "texts"),
}


def preview(desk: Client, letter: Letter, kind: str, **typed: str) -> str:
    """Return the preview of a text that was typed and not saved."""
    path, prefix = TEXTS[kind]
    row = {"language": "en", "title": "A title", "addressee": "To all", "markdown": "*Words.*"}
    sent = {f"{prefix}-0-{name}": value for name, value in {**row, **typed}.items()}
    response = desk.post(path.format(make_draft(letter).pk), sent)
    assert response.status_code == 200
    return str(response.content.decode())


def main_of(page: str) -> str:
    found: Any = re.search(r"<main.*</main>", page, re.DOTALL)
    return str(found[0])


@pytest.mark.parametrize("kind", TEXTS)
def test_every_class_of_a_preview_is_one_that_its_stylesheets_have(
    desk: Client, letter: Letter, kind: str
) -> None:
    page = preview(desk, letter, kind)
    linked = re.findall(
        r'<link rel="stylesheet" href="/static/(css/[^"]+?)\.[0-9a-f]{12}\.css"', page
    )
    styles = "".join((settings.BASE_DIR / f"static/{name}.css").read_text() for name in linked)
    used = {name for text in re.findall(r'class="([^"]*)"', main_of(page)) for name in text.split()}
    assert {name for name in used if f".{name}" not in styles} <= {"letter__head", "letter__sender"}
    assert "letter__text" in used


def test_a_preview_of_a_letter_has_the_parts_of_the_letter(
    desk: Client, client: Client, letter: Letter
) -> None:
    page = main_of(preview(desk, letter, "letter"))
    letter_page = main_of(client.get("/open-letter/").content.decode())
    for part in ("letter-page", "letter", "letter__title", "letter__meta", "letter__text"):
        assert f'class="{part}"' in page
        assert f'class="{part}"' in letter_page
    assert '<p class="letter__addressee">To all</p>' in page
    assert "The Initiative" in page


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl"), ("he", "rtl")])
def test_a_preview_is_in_the_language_and_direction_of_its_text(
    desk: Client, letter: Letter, kind: str, language: str, direction: str
) -> None:
    page = main_of(preview(desk, letter, kind, language=language))
    assert f'lang="{language}" dir="{direction}"' in page


@pytest.mark.parametrize("kind", TEXTS)
def test_a_preview_without_texts_says_so(desk: Client, letter: Letter, kind: str) -> None:
    page = desk.post(TEXTS[kind][0].format(make_draft(letter).pk), {}).content.decode()
    assert "There is no text to show yet." in page
