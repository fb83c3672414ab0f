"""The web component for other sites: one file, for anybody, that loads nothing more."""

from __future__ import annotations

import re

from django.conf import settings
from django.test import Client

from openletter.lib.http.answer_classes import PUBLIC

PATH = "/embed/openletter.js"


def test_any_site_may_load_it_and_any_cache_may_keep_it(client: Client) -> None:
    response = client.get(PATH, headers={"Origin": "https://elsewhere.example"})
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == PUBLIC
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_who_has_it_already_is_told_so(client: Client) -> None:
    etag = client.get(PATH)["ETag"]
    assert client.get(PATH, headers={"If-None-Match": etag}).status_code == 304


def test_it_is_the_file_itself_and_loads_nothing_more(client: Client) -> None:
    script = client.get(PATH).content.decode()
    assert script == (settings.BASE_DIR / "static/embed/openletter.js").read_text()
    assert not re.search(
        r"^\s*import\b|\bimport\(|createElement|innerHTML|eval\(|cookie=", script, re.M
    )
    assert 'credentials: "omit"' in script


def test_a_wrong_method_is_refused(client: Client) -> None:
    assert client.post(PATH).status_code == 405
