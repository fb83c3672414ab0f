"""The web component on somebody else's page, under a policy that allows only what it says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visits
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e

OWN_WORDS = "Thousands of people"
NUMBER = "open-letter-counter"
MOST_POLLS = 10  # the site itself may answer for a second with what it kept


class Host(ThreadingHTTPServer):
    """Another site: every path is a page that embeds the letter of that name."""

    def __init__(self, letters: str) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.letters = letters
        # Another name than the letters' site has, so that browsers take it for another site.
        self.address = f"http://localhost:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        letters, slug = self.server.letters, self.path.strip("/")
        policy = f"default-src 'none'; script-src {letters}; connect-src {letters}"
        page = (
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>An article</title>"
            f"<script type=module src={letters}/embed/openletter.js></script></head><body>"
            f"<p><open-letter-counter letter={letters}/{slug}/>{OWN_WORDS}</open-letter-counter>"
            " have signed.</p></body></html>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def host(site: LiveSite) -> Iterator[Host]:
    server = Host(site.address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


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
