"""The one address of a public page, and the way there from all others."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.test import RequestFactory

from openletter.lib.http.canonical import redirect_to_canonical


def led_to(address: str, *varies_by: str) -> str | None:
    """Return where an address leads, or None when it is the canonical one."""
    response = redirect_to_canonical(RequestFactory().get(address), varies_by)
    return None if response is None else response["Location"]


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("?of=b&after=1", "?after=1&of=b"),
        ("?after=1&x=2&of=b", "?after=1&of=b"),
        ("?after=0&after=1", "?after=1"),
        ("?after=&of=b", "?of=b"),
        ("?after=a%20b", "?after=a+b"),
        ("?after=%2f&x", "?after=%2F"),
        ("?AFTER=1", ""),
        ("?x=1", ""),
        ("?&", ""),
    ],
)
def test_declared_parameters_stand_once_and_in_one_order(asked: str, canonical: str) -> None:
    assert led_to(f"/l/{asked}", "after", "of") == f"/l/{canonical}"
    assert led_to(f"/l/{canonical}", "after", "of") is None


@pytest.mark.parametrize("value", ["%ff%00'+~", "\u00e9", "\ufffd", "a;b&=&c", "%e2%80%ae", "%"])
def test_t37_what_is_no_text_leads_on_once_and_not_in_a_circle(value: str) -> None:
    elsewhere = led_to(f"/l/?after={value}", "after")
    assert elsewhere is not None
    assert led_to(elsewhere, "after") is None


def test_a_page_that_depends_on_nothing_has_no_parameters() -> None:
    assert led_to("/l/?after=1") == "/l/"
    assert led_to("/l/") is None


@pytest.mark.parametrize("path", ["/l/", "/%C3%A9/", "/a%3Fb/", "/a%23b/"])
def test_the_path_stays_what_it_is(path: str) -> None:
    assert led_to(f"{path}?x=1") == path


def test_parameters_that_cannot_matter_are_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_request: HttpRequest) -> object:
        raise AssertionError("read")

    monkeypatch.setattr(WSGIRequest, "GET", property(read))
    assert led_to("/l/", "after") is None
    assert led_to("/l/?x=1") == "/l/"
