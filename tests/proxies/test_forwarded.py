"""T24, T46: a client cannot choose the address that it comes from, by whatever way in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.live.people import somebody
from tests.live.site import LiveSite
from tests.proxies.door import Door

pytestmark = pytest.mark.processes
TRUE, FORGED = "203.0.113.7", "198.51.100.9"
SPELLINGS = ("X_Forwarded_For", "x_forwarded_for", "X-Forwarded_For", "X_FORWARDED-FOR")
Headers = Sequence[tuple[str, str]]


def networks_of_a_form(site: LiveSite, door: Door, headers: Headers = ()) -> list[bytes | None]:
    """Sign with these headers; return what was noted about where the form came from."""
    ((last,),) = site.ask("SELECT coalesce(max(at), '2000-01-01') FROM signatures_formsubmission")
    door.sign(somebody(), headers)
    found = site.ask("SELECT network_key FROM signatures_formsubmission WHERE at > %s", last)
    return [bytes(key) if key else None for (key,) in found]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_t46_a_header_with_an_underscore_never_arrives(
    site: LiveSite, door: Door, spelling: str
) -> None:
    # A proxy says that we are this machine, and so do we without one.
    assert networks_of_a_form(site, door, [(spelling, FORGED)]) == networks_of_a_form(site, door)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_t46_it_does_not_take_the_place_of_the_true_one(
    site: LiveSite, straight: Door, spelling: str
) -> None:
    true = ("X-Forwarded-For", TRUE)
    alone = networks_of_a_form(site, straight, [true])
    assert alone != networks_of_a_form(site, straight)
    assert networks_of_a_form(site, straight, [true, (spelling, FORGED)]) == alone
    assert networks_of_a_form(site, straight, [(spelling, FORGED), true]) == alone


def test_t24_what_a_client_claims_itself_is_hearsay_behind_both_proxies(
    site: LiveSite, nginx: Door, caddy: Door
) -> None:
    claimed = [("X-Forwarded-For", FORGED), ("Forwarded", f"for={FORGED}"), ("X-Real-IP", FORGED)]
    for door in (nginx, caddy):
        assert networks_of_a_form(site, door, claimed) == networks_of_a_form(site, door)


def test_t46_other_headers_with_an_underscore_do_not_arrive_either(straight: Door) -> None:
    sent = [("X_Forwarded_Proto", "http"), ("Host_", "evil.example"), ("Content_Length", "5")]
    assert straight.ask("GET /", sent).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/%ff%fe/",
        "/%00/",
        "/s/%c0%af/confirm/",
        "/?after=%ff",
        "/%e2%80%ae/",
        "/\xfc/",
        "//",
        "/?\xfc",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "NONSENSE"])
def test_t38_odd_requests_break_nothing(straight: Door, method: str, path: str) -> None:
    assert straight.ask(f"{method} {path}").status < 500


def test_t44_headers_beyond_a_size_are_refused(straight: Door) -> None:
    assert straight.ask("GET /", [("Origin", "%40" * 10_000)]).status == 200
    assert straight.ask("GET /", [("Origin", "%40" * 40_000)]).status == 431
