"""The web component on somebody else's page, under a policy that allows only what it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visits
from tests.e2e.embedding import OWN_WORDS, Host
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e

NUMBER = "open-letter-counter"
MOST_POLLS = 10  # the site itself may answer for a second with what it kept


def open_article(visit: Visits, host: Host, slug: str) -> Page:
    page = visit()
    visit.watch_of(page).origins.append(host.address)
    page.clock.install()
    # A route keeps the browser's own cache out of this: it goes by the real clock.
    page.route("**/count.json", lambda route: route.continue_())
    page.goto(f"{host.address}/{slug}/")
    return page


def test_the_widget_shows_the_number_and_then_the_next_one(
    site: LiveSite, visit: Visits, host: Host
) -> None:
    count = site.count()
    page = open_article(visit, host, DEMO)
    expect(page.locator(NUMBER)).to_have_text(str(count))
    site.confirm(site.signed_mail(somebody()))
    for _ in range(MOST_POLLS):
        page.clock.fast_forward(20_000)
        page.wait_for_timeout(500)
        if page.locator(NUMBER).inner_text() != str(count):
            break
    expect(page.locator(NUMBER)).to_have_text(str(count + 1))


def test_the_widget_finds_a_letter_whose_address_is_written_in_capitals(
    site: LiveSite, visit: Visits, host: Host
) -> None:
    page = open_article(visit, host, DEMO.upper())
    counter = page.locator("open-letter-counter")
    expect(counter).to_have_text(f"{site.count():,}")


def test_the_widget_keeps_the_words_of_the_page_when_there_is_no_such_letter(
    visit: Visits, host: Host
) -> None:
    page = visit()
    watch = visit.watch_of(page)
    watch.origins.append(host.address)
    watch.expected += ["404", "blocked by CORS policy", "net::ERR_FAILED"]
    ended: list[str] = []
    for how in ("requestfinished", "requestfailed"):
        page.on(how, lambda request: ended.append(request.url))
    page.goto(f"{host.address}/no-such-letter/", wait_until="networkidle")
    assert any(url.endswith("/no-such-letter/count.json") for url in ended)
    expect(page.locator(NUMBER)).to_have_text(OWN_WORDS)


def test_the_widget_keeps_the_last_number_when_the_site_is_away(
    site: LiveSite, visit: Visits, host: Host
) -> None:
    count = site.count()
    page = open_article(visit, host, DEMO)
    visit.watch_of(page).expected += ["net::ERR_"]
    expect(page.locator(NUMBER)).to_have_text(str(count))
    page.unroute("**/count.json")
    page.route("**/count.json", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(60_000)
    page.clock.run_for(1_000)
    expect(page.locator(NUMBER)).to_have_text(str(count))
