"""What every template knows about the site, at the cost of as little as can be."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import ResolverMatch, URLResolver

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("letter")
def test_a_page_in_all_its_languages_is_looked_for_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    look_for = URLResolver.resolve

    def noted(resolver: URLResolver, path: str) -> ResolverMatch:
        if path.startswith("/"):  # at the root; those below it get the rest
            asked.append(path)
        return look_for(resolver, path)

    monkeypatch.setattr(URLResolver, "resolve", noted)
    for here, there in (
        ("/open-letter/", "/de/open-letter/"),
        ("/de/open-letter/", "/open-letter/"),
    ):
        assert f'href="{there}" lang=' in client.get(here).content.decode()
    assert asked == ["/open-letter/", "/de/open-letter/"]
