"""The addresses of files, put together once."""

from __future__ import annotations

from typing import Any

from openletter.lib.static_files import Storage


def test_an_address_has_the_hash_and_is_put_together_once(settings: Any) -> None:
    settings.DEBUG = False
    storage: Any = Storage()
    storage.hashed_files = {"css/a.css": "css/a.0123.css", "css/b.css": "css/b.4567.css"}
    names = ("css/a.css", "css/b.css")
    found = [storage.url(name) for name in names]
    assert found == ["/static/css/a.0123.css", "/static/css/b.4567.css"]
    storage.hashed_files = {}
    assert [storage.url(name) for name in names] == found
