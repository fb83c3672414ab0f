"""What an editor pastes into a page of another site, under that site's own policy."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visits
from tests.e2e.embedding import Host
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import until

pytestmark = pytest.mark.e2e


def open_pasted(visit: Visits, host: Host, snippet: str) -> Page:
    host.snippet = snippet
    page = visit()
    visit.watch_of(page).origins.append(host.address)
    page.goto(f"{host.address}/pasted/")
    return page


def frame_of(site: LiveSite, host: Host) -> str:
    """Return what oEmbed says, as WordPress and others paste it."""
    asked = urlencode({"url": f"{host.letters}/{DEMO}/"})
    answer = site.request(f"/oembed?{asked}")
    assert answer.status == 200, answer.text
    return str(json.loads(answer.text)["html"])


def test_a_frame_shows_the_number_and_then_the_next_one(
    site: LiveSite, visit: Visits, host: Host
) -> None:
    count = site.count()
    page = open_pasted(visit, host, frame_of(site, host))
    number = page.frame_locator("iframe").locator("data")
    expect(number).to_have_text(str(count))
    expect(page.frame_locator("iframe").locator(".embed__sign")).to_be_visible()
    site.confirm(site.signed_mail(somebody()))

    def is_next() -> bool:
        page.reload()
        return number.inner_text() == str(count + 1)

    until(is_next, "the next number in the frame")


def test_whoever_presses_sign_in_a_frame_comes_to_the_letter(
    site: LiveSite, visit: Visits, host: Host
) -> None:
    page = open_pasted(visit, host, frame_of(site, host))
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").locator(".embed__sign").click()
    expect(opened.value.locator("form[action$='/sign/']")).to_be_visible()


@pytest.mark.parametrize("style", ["flat", "plain", "large", "progress"])
def test_a_badge_is_a_picture_on_any_page(
    site: LiveSite, visit: Visits, host: Host, style: str
) -> None:
    address = f"{host.letters}/{DEMO}/badge.svg?style={style}"
    page = open_pasted(visit, host, f"<p><img alt=signatures src={address}></p>")
    picture = page.locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth > 50 && picture.complete")


# A frame that follows the number without a script has to reload itself; nobody types in it.
RELOADS = {"meta-refresh": {"enabled": False}}


# The page around it is the paper of a number by itself: axe would take it for white.
@pytest.mark.parametrize(
    ("size", "scheme"),
    [("card", "light"), ("card", "dark"), ("line", "light"), ("line", "dark"), ("number", "light")],
)
def test_axe_finds_nothing_in_a_frame(
    site: LiveSite, visit: Visits, size: str, scheme: str
) -> None:
    page = visit(color_scheme=scheme, bypass_csp=True)
    page.goto(f"/{DEMO}/embed/?size={size}")
    found = Axe().run(page, options={"preload": False, "rules": RELOADS})
    assert [one["id"] for one in found.response["violations"]] == []
