"""A real site and a real browser for the journeys, and what is kept when one fails."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from runner.locations import ROOT
from tests.e2e.embedding import Host
from tests.e2e.watching import Watch
from tests.live.site import LiveSite, live_site

FAILURES = ROOT / "var" / "test-failures"
ARGUMENTS = [
    "--no-sandbox",  # in containers, as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000  # milliseconds, on a machine that is busy with other tests
_report = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know how the test went."""
    report = yield
    if call.when == "call":
        item.stash[_report] = report
    return report


@pytest.fixture(scope="session")
def site() -> Iterator[LiveSite]:
    with live_site() as site:
        yield site


@pytest.fixture(scope="session")
def changed(site: LiveSite) -> str:
    """The address of a letter whose text has changed twice."""
    slug = "a-letter-that-changed"
    second = "\n\n".join(["Act *now*, please.", *"ABCD", "Sincerely"])
    third = second.replace("please", "we beg").replace("Sincerely", "- More")
    site.make_letter(slug, changes=[(text, text) for text in (second, third)])
    return f"/{slug}/"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while it is there, Django takes this thread for an async one."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visits:
    """Opens browsers for one test; each is somebody else's, with nothing in it."""

    def __init__(self, browser: Browser, site: LiveSite) -> None:
        self._browser = browser
        self._site = site
        self._open: list[tuple[BrowserContext, Watch]] = []

    def __call__(self, *, staff: bool = False, **options: Any) -> Page:
        context = self._browser.new_context(base_url=self._site.address, **options)
        context.set_default_timeout(PATIENCE)
        self._open.append((context, Watch(context, self._site.address, staff=staff)))
        return context.new_page()

    def watch_of(self, page: Page) -> Watch:
        return next(watch for context, watch in self._open if context is page.context)

    def problems(self) -> list[str]:
        return [problem for _context, watch in self._open for problem in watch.verdict()]

    def keep(self, name: str) -> None:
        """Keep what every page looks like, for whoever has to find out why."""
        FAILURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w-]+", "-", name)
        pages = [page for context, _watch in self._open for page in context.pages]
        for number, page in enumerate(pages, start=1):
            target = FAILURES / f"{name}-{number}"
            try:
                _keep(page, target)
            except Error as problem:  # a page that hangs must not hide why the test failed
                target.with_suffix(".txt").write_text(f"{page.url}\n{problem}\n")

    def close(self) -> None:
        for context, _watch in self._open:
            context.close()


def _keep(page: Page, target: Path) -> None:
    html = f"<!-- {page.url} -->\n{page.content()}"
    target.with_suffix(".html").write_text(html, encoding="utf-8")
    page.screenshot(path=target.with_suffix(".png"), full_page=True, timeout=5_000)


@pytest.fixture
def visit(browser: Browser, site: LiveSite, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """Open a browser with nothing in it. Cookies, foreign requests and errors fail the test."""
    visits = Visits(browser, site)
    yield visits
    problems = visits.problems()
    report = request.node.stash.get(_report, None)
    if problems or report is None or report.failed:
        visits.keep(request.node.name)
    visits.close()
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def host(site: LiveSite) -> Iterator[Host]:
    server = Host(site.address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
