"""Who calls, and did another site send this form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from openletter.lib.http.requests import client_address, is_cross_site

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, "198.51.100.1", PROXY),
        (1, None, PROXY),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 198.51.100.2,203.0.113.7 ", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", PROXY),
        (1, "", PROXY),
        (1, "198.51.100.1,", PROXY),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_t24_the_client_is_who_the_trusted_proxies_saw(
    settings: Any, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)
    assert client_address(request) == expected


def test_t24_two_hundred_forged_headers_are_one_client(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    seen = set()
    for number in range(200):
        forged = f"198.51.100.{number}, 203.0.113.7"  # the proxy appends what it saw itself
        headers = {"X-Forwarded-For": forged}
        seen.add(client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)))
    assert seen == {"203.0.113.7"}


OWN = "http://testserver"


@pytest.mark.parametrize(
    ("site", "origin", "crosses"),
    [
        ("same-origin", OWN, False),
        ("same-origin", None, False),
        ("none", None, False),
        ("same-site", OWN, True),
        ("cross-site", None, True),
        ("cross-site", OWN, True),
        ("nonsense", None, True),
        ("", None, True),
        (None, None, False),
        (None, "null", False),
        (None, OWN, False),
        (None, "https://testserver", False),
        (None, "http://evil.example", True),
        (None, "http://testserver.evil.example", True),
        (None, "http://testserver:8001", True),
        (None, "http://evil.example/testserver", True),
        (None, "testserver", True),
        (None, "http://[", True),
        (None, "", True),
    ],
)
def test_t26_a_form_is_taken_from_this_site_and_from_browsers_that_do_not_say(
    site: str | None, origin: str | None, crosses: bool
) -> None:
    sent = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in sent.items() if value is not None}
    assert is_cross_site(RequestFactory().post("/", headers=headers)) is crosses
