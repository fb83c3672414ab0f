"""Public pages set no cookie and ask nobody else for anything; the fixture sees to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e

PUBLIC = ("/", f"/{DEMO}/", f"/de/{DEMO}/", f"/{DEMO}/signatures/", f"/{DEMO}/sign/", "/missing/")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_leaves_nothing_in_the_browser(
    site: LiveSite, visit: Visits, address: str
) -> None:
    assert "Set-Cookie" not in site.request(address).headers
    page = visit()
    page.goto(address, wait_until="networkidle")
    assert page.context.cookies() == []
    assert page.context.storage_state().get("origins", []) == []
    assert visit.problems() == []


def test_a_journey_leaves_nothing_in_the_browser(site: LiveSite, visit: Visits) -> None:
    page, person = visit(), somebody()
    steps.sign(page, person)
    page.goto(site.mail_to(person).link)
    steps.press_button(page)
    expect(page).to_have_url(steps.SIGNED)
    page.locator(".page__back a").click()
    expect(page.locator(".letter")).to_be_visible()
    assert page.context.cookies() == []
    assert visit.problems() == []


def test_the_watch_sees_cookies_other_origins_and_the_console(visit: Visits) -> None:
    page = visit()
    watch = visit.watch_of(page)
    page.goto("/")
    page.evaluate("document.cookie = 'tracker=1'")
    page.evaluate("new Image().src = 'http://localhost:9/pixel.gif'")
    page.evaluate("console.error('broken')")
    page.wait_for_timeout(100)
    seen = "\n".join(watch.verdict())
    watch.problems.clear()
    page.context.clear_cookies()
    assert "cookies on public pages: tracker" in seen
    assert "Content Security Policy" in seen
    assert "console error: broken" in seen
