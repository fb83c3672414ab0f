"""What every template knows about the site, at the cost of as little as can be."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import translate_url

from openletter.lib.http import site

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("letter")
def test_a_page_is_looked_for_once_in_each_other_language(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def look_for(path: str, language: str) -> str:
        asked.append((path, language))
        return translate_url(path, language)

    monkeypatch.setattr(site, "translate_url", look_for)
    client.get("/open-letter/")
    client.get("/de/open-letter/")
    assert asked == [("/open-letter/", "de"), ("/de/open-letter/", "en")]
