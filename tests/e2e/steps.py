"""What people do on the site, in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.live.people import Person
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import until

INBOX = re.compile(r"/s/[^/]+/inbox/")
SIGNED = re.compile(r"/s/[^/]+/signed/$")
CONFIRM = re.compile(r"/s/[^/]+/confirm/$")


def sign(page: Page, person: Person, *, address: str = f"/{DEMO}/") -> None:
    """Open a letter, fill in the form under it, and come to the inbox page."""
    page.goto(address)
    page.locator("#id_name").fill(person.name)
    page.locator("#id_email").fill(person.email)
    page.locator("#id_show_name").check()
    page.locator("#id_consent").check()
    send(page)
    expect(page).to_have_url(INBOX)


def send(page: Page) -> None:
    """Press the button of the form under a letter."""
    page.locator("form[action$='/sign/'] .form__actions button").click()


def type_code(page: Page, code: str) -> None:
    page.locator("#id_code").fill(code)
    page.locator("form[action$='/code/'] button[type=submit]").click()


def press_button(page: Page) -> None:
    """Press the one button behind the link of a mail."""
    page.locator("form[action$='/confirm/'] button[type=submit]").click()


def number_of_signatory(page: Page) -> int:
    """Return the number that the page of thanks says."""
    expect(page).to_have_url(SIGNED)
    words = page.locator(".signed-number__no").inner_text()
    return int("".join(char for char in words if char.isdigit()))


def expect_count(page: Page, site: LiveSite, count: int) -> None:
    """See the number on the letter page and in count.json, once the caches' second is over."""
    until(lambda: f'"count": {count},' in site.request(f"/{DEMO}/count.json").text, "count.json")
    page.goto(f"/{DEMO}/")

    def shows() -> bool:
        page.reload()  # past what the browser itself keeps
        return page.locator("data[data-count]").first.get_attribute("value") == str(count)

    until(shows, f"{count} on the letter page")
