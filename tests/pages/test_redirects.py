"""T30: no address of the site leads to another site, whatever it is asked."""

from __future__ import annotations

from itertools import cycle, product
from urllib.parse import urlsplit

import pytest
from django.test import Client

from openletter.letters.models import Letter
from tests.factories import make_published, make_staff
from tests.self_service.steps import mine
from tests.urls import all_paths

pytestmark = pytest.mark.django_db
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http:/\\evil.example",
    "/%2F/evil.example",
    "%2F%2Fevil.example",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\tjava\nscript:alert(1)",
)
NAMES = ("next", "redir", "redirect", "url", "return", "continue", "r", "goto")


def leads_away(location: str) -> bool:
    parts = urlsplit(location)
    return bool(parts.netloc and parts.netloc != "testserver") or (
        bool(parts.scheme) and parts.scheme not in {"http", "https"}
    )


@pytest.mark.slow
def test_t30_no_public_address_leads_away(client: Client, letter: Letter) -> None:
    """Each address is asked once to; those that lead anywhere are asked in every way there is."""
    signature = make_published(letter)
    paths = [path for path in all_paths() if not path.startswith("/admin/")]
    paths += [mine(signature), mine(signature, "set/hide/")]
    ways = [(method, path) for path in paths for method in ("get", "post")]

    def leads_to(method: str, path: str, wanted: str) -> str:
        typed = dict.fromkeys(NAMES, wanted)
        answer = getattr(client, method)(path, typed, headers={"Sec-Fetch-Site": "same-origin"})
        return str(answer.get("Location", ""))

    leading = [way for way in ways if leads_to(*way, "/de/")]
    asked = [*zip(ways, cycle(ELSEWHERE)), *product(leading, ELSEWHERE)]
    assert [(way, to) for way, to in asked if leads_away(leads_to(*way, to))] == []
    assert len(ways) > 100
    assert len(leading) > 10


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_t30_logging_in_leads_to_the_desk_and_nowhere_else(client: Client, elsewhere: str) -> None:
    make_staff("olive@example.org")
    answer = client.post(
        "/accounts/login/",
        {"login": "olive@example.org", "password": "a-password-for-tests", "next": elsewhere},
    )
    assert answer.status_code == 302
    assert not leads_away(answer["Location"])


def test_the_test_knows_what_leads_away() -> None:
    assert leads_away("https://evil.example/")
    assert leads_away("//evil.example")
    assert leads_away("javascript:alert(1)")
    assert not leads_away("/admin/")
