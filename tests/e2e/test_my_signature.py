"""A signatory and their signature, in a browser, with JavaScript and without."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.e2e.steps import my_link, signed_before_it_changed
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e


def signed(site: LiveSite, *, prefix: str = "") -> tuple[Person, str]:
    """Somebody signs and confirms; return them and the link from their receipt."""
    person = somebody()
    site.confirm(site.signed_mail(person, prefix=prefix))
    return person, my_link(site, person)


def button(page: Page, act: str) -> None:
    page.locator(f"form[action$='/set/{act}/'] button").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_a_signatory_corrects_hides_withdraws_signs_again_downloads_and_erases(
    site: LiveSite, visit: Visits, javascript: bool, tmp_path: Path
) -> None:
    person, link = signed(site)
    before = site.count()
    page = visit(java_script_enabled=javascript, accept_downloads=True)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("My signature")

    page.get_by_role("link", name="Correct this").click()
    page.locator("#id_title").fill("Keeper of bees")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Your changes are saved.")
    expect(page.get_by_text("Keeper of bees")).to_be_visible()

    button(page, "hide")
    expect(page.get_by_text("your name is not shown")).to_be_visible()
    button(page, "start-updates")
    expect(page.get_by_text("You get news about this letter")).to_be_visible()

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download everything as JSON").click()
    copy = tmp_path / "copy.json"
    downloading.value.save_as(copy)
    (mine,) = json.loads(copy.read_text())["signatures"]["signatures"]
    assert (mine["name"], mine["email"]) == (person.name, person.email)

    page.get_by_role("link", name="Withdraw my signature").click()
    page.get_by_role("button", name="Withdraw my signature").click()
    expect(page).to_have_url(re.compile(r"/s/done/withdrawn/$"))
    assert site.count() == before - 1

    site.mail_to(person, number=3)
    site.let_pass(minutes=4)  # or the second confirmation would wait for its turn
    steps.sign(page, person)
    page.goto(site.mail_to(person, number=4).link)
    steps.press_button(page)
    expect(page).to_have_url(steps.SIGNED)
    assert site.count() == before

    page.goto(my_link(site, person, number=5))
    page.get_by_role("link", name="Delete my data").click()
    page.get_by_role("button", name="Delete my data").click()
    expect(page).to_have_url(re.compile(r"/s/done/erased/$"))
    assert site.count() == before - 1
    assert site.ask("SELECT 1 FROM signatures_signature WHERE name = %s", person.name) == []


def test_the_link_is_sent_again_to_the_address_that_signed(site: LiveSite, visit: Visits) -> None:
    person, _link = signed(site)
    page = visit()
    page.goto(f"/{DEMO}/")
    page.locator(".sign__mine a").click()
    page.locator("#id_email").fill(person.email.upper())
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    page.goto(my_link(site, person, number=3))
    expect(page.get_by_text(person.name)).to_be_visible()


def test_everything_is_done_by_keyboard_alone(site: LiveSite, visit: Visits) -> None:
    _person, link = signed(site)
    page = visit()
    page.goto(link)
    for act in ("hide", "show"):
        page.locator(f"form[action$='/set/{act}/'] button").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_be_visible()
    page.get_by_role("link", name="Withdraw my signature").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # past what stands before it, wherever focus begins
    page.get_by_role("button", name="Withdraw my signature").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/s/done/withdrawn/$"))


def test_a_name_that_cannot_be_keeps_what_was_typed_and_leads_to_its_field(
    site: LiveSite, visit: Visits
) -> None:
    _person, link = signed(site)
    page = visit()
    page.goto(f"{link}correct/")
    page.locator("#id_name").fill("http://x.example")
    page.locator("#id_title").fill("Keeper of bees")
    page.get_by_role("button", name="Save").click()
    page.locator(".error-summary a").click()
    expect(page.locator("#id_name")).to_be_focused()
    expect(page.locator("#id_title")).to_have_value("Keeper of bees")


def test_who_signed_an_older_text_reads_what_changed_and_signs_the_newest(
    site: LiveSite, visit: Visits
) -> None:
    person, link = signed_before_it_changed(site, "a-letter-to-sign-anew")
    page = visit(java_script_enabled=False)
    page.goto(link)
    expect(page.locator(".changes ins").first).to_be_visible()
    page.get_by_role("button", name="Sign the newest version").press("Enter")
    expect(page.get_by_role("status")).to_have_text("You have signed the newest version.")
    expect(page.locator(".changes")).to_have_count(0)
    site.mail_to(person, number=3)  # the receipt for the newest text
