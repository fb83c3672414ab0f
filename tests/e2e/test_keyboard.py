"""Without a mouse: the whole journey by Tab, letters, Space and Enter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.e2e.steps import tab_to
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e


def sign_by_keyboard(page: Page, person: Person) -> None:
    page.goto(f"/{DEMO}/")
    tab_to(page, page.locator("#id_name"))
    page.keyboard.type(person.name)
    tab_to(page, page.locator("#id_email"))
    page.keyboard.type(person.email)
    tab_to(page, page.locator("#id_country"))
    page.keyboard.type("Icel")
    tab_to(page, page.locator("#id_show_name"))
    page.keyboard.press("Space")
    tab_to(page, page.locator("#id_consent"))
    page.keyboard.press("Space")
    tab_to(page, page.locator("form[action$='/sign/'] .form__actions button"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(steps.INBOX)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_journey_works_by_keyboard_with_the_code(
    site: LiveSite, visit: Visits, javascript: bool
) -> None:
    page, person, before = visit(java_script_enabled=javascript), somebody(), site.count()
    sign_by_keyboard(page, person)
    tab_to(page, page.locator("#id_code"))
    page.keyboard.type(site.mail_to(person).code)
    page.keyboard.press("Enter")
    assert steps.number_of_signatory(page) == before + 1
    ((country,),) = site.ask(
        "SELECT country FROM signatures_signature WHERE name = %s", person.name
    )
    assert country == "IS"


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_button_behind_the_link_works_by_keyboard(
    site: LiveSite, visit: Visits, javascript: bool
) -> None:
    page = visit(java_script_enabled=javascript)
    page.goto(site.signed_mail(somebody()).link)
    tab_to(page, page.locator("form[action$='/confirm/'] button[type=submit]"))
    page.keyboard.press("Space")
    assert steps.number_of_signatory(page) == site.count()


def test_a_form_error_gets_the_focus_and_leads_to_each_field(visit: Visits) -> None:
    page, person = visit(), somebody()
    page.goto(f"/{DEMO}/")
    page.locator("#id_name").fill(person.name)
    page.locator("#id_email").fill("not an address")
    page.locator("#id_comment").fill("Well said.")
    steps.send(page)
    expect(page.locator("#error-summary-title")).to_be_focused()
    for field in ("id_email", "id_consent"):
        link = page.locator(f".error-summary a[href='#{field}']")
        tab_to(page, link)
        page.keyboard.press("Enter")
        expect(page.locator(f"#{field}")).to_be_focused()
        expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
        page.locator("#error-summary-title").focus()
    expect(page.locator("#id_name")).to_have_value(person.name)
    expect(page.locator("#id_comment")).to_have_value("Well said.")


def test_each_error_is_read_out_with_its_field(visit: Visits) -> None:
    page = visit()
    page.goto(f"/{DEMO}/")
    steps.send(page)
    page.locator(".error-summary").wait_for()
    for field in ("id_name", "id_email", "id_consent"):
        described_by = page.locator(f"#{field}").get_attribute("aria-describedby") or ""
        assert f"{field}_error" in described_by.split()
        expect(page.locator(f"#{field}_error")).not_to_be_empty()


def test_the_first_tab_offers_to_skip_to_the_content(visit: Visits) -> None:
    page = visit()
    page.goto(f"/{DEMO}/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
