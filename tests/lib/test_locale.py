"""The page's language is what its address says, whatever browser or cookie want."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import get_language

from openletter.letters.models import Letter
from openletter.lib.http.locale import language_of_path


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", "en"),
        ("/de/", "de"),
        ("/de", "de"),
        ("/de/open-letter/", "de"),
        ("/open-letter/", "en"),
        ("/open-letter/de/", "en"),
        ("/deutsch/", "en"),
        ("/DE/", "en"),
        ("/fr/", "en"),
        ("/en/", "en"),
        ("", "en"),
        ("de/", "en"),
    ],
)
def test_the_first_part_of_the_path_is_the_language(path: str, language: str) -> None:
    assert language_of_path(path) == language


def test_neither_browser_nor_cookie_change_the_language(client: Client, letter: Letter) -> None:
    client.cookies["django_language"] = "de"
    response = client.get("/open-letter/", headers={"Accept-Language": "de"})
    assert response["Content-Language"] == "en"
    assert not {"Cookie", "Accept-Language"} & set(response["Vary"].split(", "))


@pytest.mark.parametrize(("path", "language"), [("/", "en"), ("/de/", "de")])
def test_a_page_says_its_language(client: Client, db: Any, path: str, language: str) -> None:
    response = client.get(path)
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode()


def test_one_request_leaves_no_language_to_the_next(client: Client, letter: Letter) -> None:
    client.get("/de/open-letter/")
    assert get_language() == "en"
    assert client.get("/open-letter/")["Content-Language"] == "en"


def test_an_unknown_page_is_refused_in_the_language_of_its_path(client: Client, db: Any) -> None:
    page = client.get("/de/gibt-es-nicht/").content.decode()
    assert '<html lang="de"' in page
