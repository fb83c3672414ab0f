"""What people do on the site, in a browser."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import until

INBOX = re.compile(r"/s/[^/]+/inbox/")
SIGNED = re.compile(r"/s/[^/]+/signed/$")
CONFIRM = re.compile(r"/s/[^/]+/confirm/$")
MINE = re.compile(r"https?://\S+?(?:/de)?/s/[^/\s]+/(?=\s)")
PREFIXES = {"en": "", "de": "/de"}
MOST_TABS = 60  # from the top of a letter page to its button
# What a sighted keyboard user sees of the focus: a line around it.
_IS_MARKED = """element => {
  const style = getComputedStyle(element);
  return element.matches(':focus-visible') && style.outlineStyle !== 'none'
    && parseFloat(style.outlineWidth) >= 2;
}"""
_OPENING = "element => element.outerHTML.slice(0, 120)"


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


def my_link(site: LiveSite, person: Person, *, number: int = 2) -> str:
    """Return the link to "my signature" in somebody's second (or n-th) mail."""
    text = site.mail_to(person, number=number).text
    found = MINE.search(text)
    assert found, text
    return found[0]


def signed_before_it_changed(site: LiveSite, slug: str, *, prefix: str = "") -> tuple[Person, str]:
    """Somebody signs a letter, and then its text changes."""
    site.make_letter(slug)
    person = somebody()
    site.sign(person, letter=slug, prefix=prefix)
    site.confirm(site.mail_to(person))
    site.change_letter(slug, "Dear all, please listen.", "Liebe alle, bitte hört zu.")
    return person, my_link(site, person)


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus; everything on the way shows that it has."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count() == 0:
            continue  # the browser's own frame
        assert focused.evaluate(_IS_MARKED), f"no visible focus: {focused.evaluate(_OPENING)}"
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {wanted}")


def findings(page: Page, **options: object) -> list[str]:
    results = Axe().run(page, options=options or None)
    return [
        f"{violation['impact']} {violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in results.response["violations"]
    ]
