"""An organiser writes news on a letter, mails it to who asked for it, and watches it go out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.e2e.desk import Desk
from tests.e2e.steps import findings
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import PATIENCE

pytestmark = pytest.mark.e2e

EDITOR = Person(name="Olive Torres", email="olive@example.org")
TEXT = "Good *news*, see [the minutes](https://example.org/minutes). <script>alert(1)</script>"
TITLE = "The committee has read the letter"


class EditorsDesk(Desk):
    """The desk of somebody who has not been there before."""

    def __init__(self, site: LiveSite) -> None:
        site.site.manage(
            "shell", "-c", f"from tests.factories import make_staff; make_staff({EDITOR.email!r})"
        )
        super().__init__(site)
        self._email, self._password = EDITOR.email, "a-password-for-tests"


def sign_and_ask_for_updates(site: LiveSite, page: Page, person: Person) -> None:
    page.goto(f"/{DEMO}/")
    page.locator("#id_name").fill(person.name)
    page.locator("#id_email").fill(person.email)
    page.locator("#id_updates").check()
    page.locator("#id_consent").check()
    steps.send(page)
    expect(page).to_have_url(steps.INBOX)
    site.confirm(site.mail_to(person))


def write_update(page: Page) -> None:
    page.goto(f"/admin/letters/letter/?q={DEMO}")
    page.locator("#result_list tbody th a").click()
    page.get_by_role("button", name="Write an update").click()
    expect(page.locator("#id_texts-0-language")).to_have_value("en")
    page.locator("#id_texts-0-title").fill(TITLE)
    page.locator("#id_texts-0-markdown").fill(TEXT)
    with page.context.expect_page() as opened:
        page.locator("button[formaction$='/preview/']").click()
    expect(opened.value.locator("article em")).to_have_text("news")
    page.locator("[name=_act][value=publish]").click()
    expect(page.locator(".asked em")).to_have_text("news")
    page.locator("#content form [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def send_update(page: Page) -> None:
    page.locator("[name=_act][value=send]").click()
    page.get_by_role("button", name="Send a test to me").press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.locator("a[href$='/send/']").press("Enter")
    page.locator("#content form [type=submit]").press("Enter")


def test_an_update_reaches_who_asked_for_it_and_one_click_ends_it(
    site: LiveSite, visit: Visits
) -> None:
    asked, did_not_ask = somebody(), somebody()
    sign_and_ask_for_updates(site, visit(), asked)
    site.confirm(site.signed_mail(did_not_ask))
    page = EditorsDesk(site).open(visit)
    write_update(page)
    send_update(page)
    # Nobody touches the page: it keeps itself fresh.
    expect(page.locator("[role=status]")).to_have_text("Done", timeout=1000 * PATIENCE)
    expect(page.locator("[data-number=sent]")).to_have_text("1")

    test_mail = site.letterbox.wait_for(EDITOR)
    assert test_mail.message["Subject"] == f"Test: {TITLE}"
    mail = site.letterbox.wait_for(asked, number=3)
    assert mail.message["Subject"] == TITLE
    assert "<https://example.org/minutes>" in mail.text
    assert len(site.letterbox.to(did_not_ask)) == 2  # the question and the receipt

    link = re.sub(r"[<>\s]", "", str(mail.message["List-Unsubscribe"]))
    path = "/s/" + link.partition("/s/")[2]
    assert site.request(path, {"List-Unsubscribe": "One-Click"}).status == 200
    wanted = site.ask("SELECT wants_updates FROM signatures_signature WHERE name = %s", asked.name)
    assert wanted == [(False,)]


@pytest.fixture(scope="module")
def news(site: LiveSite) -> str:
    """The address of a letter with an update that is in English only."""
    site.make_letter("a-letter-with-news")
    site.site.manage(
        "shell",
        "-c",
        "from openletter.letters.models import Letter; from tests.factories import make_update;"
        "make_update(Letter.objects.get(slug='a-letter-with-news'),"
        " texts={'en': ('They have read it', 'Good *news*.')})",
    )
    return "/a-letter-with-news/"


def test_a_reader_finds_the_news_from_the_letter(visit: Visits, news: str) -> None:
    page = visit()
    page.goto(news)
    page.get_by_role("link", name="They have read it").click()
    expect(page.locator("h1")).to_have_text("They have read it")
    expect(page.locator("article em")).to_have_text("news")
    page.locator(".ways-on a[href$='/updates/']").press("Enter")
    expect(page.locator(".update-entry")).to_have_count(1)
    page.goto(f"/de{news}updates/1/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("h1")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("address", ["", "updates/", "updates/1/"])
@pytest.mark.parametrize("prefix", ["", "/de"])
def test_axe_finds_nothing_on_pages_with_news(
    visit: Visits, news: str, prefix: str, address: str
) -> None:
    for scheme in ("light", "dark"):
        page = visit(color_scheme=scheme, viewport={"width": 390, "height": 800})
        page.goto(f"{prefix}{news}{address}")
        found = findings(page)
        assert not found, "\n".join(found)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
