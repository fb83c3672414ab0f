"""No page takes a file, and none takes a body larger than a letter's text can be."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openletter.letters.models import Letter
from openletter.lib.http.body_sizes import LARGEST
from openletter.server.environ import REFUSED
from tests.factories import log_in

pytestmark = pytest.mark.django_db
PAGES = ["/admin/letters/letter/add/", "/admin/privacy/", "/accounts/login/"]


def with_file(size: int = 10) -> dict[str, Any]:
    return {"slug": "x", "file": SimpleUploadedFile("a.png", b"x" * size)}


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Django's own handlers would have kept."""
    from django.core.files import uploadhandler as handlers

    kept: list[object] = []

    def keep(self: object, *args: object, **kwargs: object) -> None:
        kept.append(self)

    for handler in (handlers.MemoryFileUploadHandler, handlers.TemporaryFileUploadHandler):
        monkeypatch.setattr(handler, "new_file", keep)
    return kept


@pytest.mark.parametrize("page", PAGES)
def test_a_file_is_refused_with_a_sentence_and_kept_nowhere(
    page: str, spooled: list[object]
) -> None:
    response = log_in().post(page, with_file())
    assert response.status_code == 400
    assert "does not accept files" in response.content.decode()
    assert spooled == []
    assert not Letter.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    page: str, spooled: list[object]
) -> None:
    response = log_in().post(page, with_file(3 * 1024 * 1024))
    assert response.status_code == 413
    assert "too large" in response.content.decode()
    assert spooled == []


def test_a_form_that_is_too_large_is_refused_with_the_same_sentence() -> None:
    body, kind = "slug=" + "x" * LARGEST, "application/x-www-form-urlencoded"
    response = log_in().post(PAGES[0], body, content_type=kind)
    assert (response.status_code, "too large" in response.content.decode()) == (413, True)


def test_a_multipart_form_without_a_file_is_read_as_ever(client: Client) -> None:
    assert client.post("/accounts/login/", {"login": "x@example.org"}).status_code == 200


def test_what_the_server_refuses_is_answered_like_what_django_refuses(client: Client) -> None:
    extra: Any = {REFUSED: 413}
    by_server = client.generic("POST", "/de/open-letter/sign/", **extra)
    by_django = log_in().post(PAGES[0], with_file(LARGEST))
    assert (by_server.status_code, by_django.status_code) == (413, 413)
    assert "zu viel auf einmal" in by_server.content.decode()
    assert "too large" in by_django.content.decode()


def test_a_long_letter_in_two_languages_is_taken() -> None:
    """Each may have 100 000 characters, of which many are nine bytes in a form."""
    texts = {f"translations-{number}-markdown": "書" * 99_000 for number in (0, 1)}
    desk = log_in()
    assert desk.post(PAGES[0], {"slug": "x", **texts}).status_code == 200
    form = "&".join(f"{name}={'%E6%9B%B8' * 99_000}" for name in texts)
    sent = desk.post(PAGES[0], form, content_type="application/x-www-form-urlencoded")
    assert sent.status_code == 200
