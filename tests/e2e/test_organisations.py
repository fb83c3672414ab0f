"""An organisation signs in a browser, with and without scripts; and fields say their real limit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e
PHONE = {"width": 360, "height": 740}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_organisation_signs_on_a_phone(site: LiveSite, visit: Visits, scripts: bool) -> None:
    page = visit(java_script_enabled=scripts, viewport=PHONE)
    club = replace(somebody(), name="24/7 AG" if scripts else "350.org")
    page.goto(f"/{DEMO}/")
    page.locator("#id_email").fill(club.email)
    page.locator(".form__switch").click()
    expect(page.get_by_label("Affiliation")).to_have_count(0)
    expect(page.locator("#id_email")).to_have_value(club.email)
    assert not scripts or fits(page)
    page.get_by_label("Name of the organisation").fill(club.name)
    page.get_by_label("Who signs on its behalf (optional)").fill("Olive Beispiel, chair")
    page.locator("#id_show_name").check()
    page.locator("#id_consent").check()
    steps.send(page)
    expect(page).to_have_url(steps.INBOX)
    page.goto(site.mail_to(club).link)
    expect(page.locator(".summary")).to_contain_text("Olive Beispiel, chair")
    steps.press_button(page)
    expect(page).to_have_url(steps.SIGNED)
    page.goto(f"/{DEMO}/signatures/")
    shown = page.locator(".signature", has_text=club.name)
    expect(shown).to_contain_text("Organisation, represented by Olive Beispiel, chair")
    assert not scripts or fits(page)


def test_a_person_comes_back_from_the_form_for_organisations(visit: Visits) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"/de/{DEMO}/sign/?as=organisation")
    page.locator(".form__switch").click()
    expect(page.locator("#id_affiliation")).to_be_visible()
    expect(page.locator("#id_represented_by")).to_have_count(0)


def test_what_a_browser_lets_people_type_is_not_too_long(site: LiveSite, visit: Visits) -> None:
    page, person = visit(), somebody()
    page.goto(f"/{DEMO}/")
    page.locator("#id_email").fill(person.email)
    page.locator("#id_consent").check()
    for field, letters in {
        "name": "র়" * 60,  # two of them are composed to one or more
        "title": "𠮷" * 400,  # each is two units, and one letter
        "affiliation": "ড়" * 400,
        "comment": "a\n" * 400,  # a line end is sent as two characters
    }.items():
        page.locator(f"#id_{field}").focus()
        page.keyboard.insert_text(letters)
    taken = {
        field: page.locator(f"#id_{field}").input_value()
        for field in ("title", "affiliation", "comment")
    }
    assert (len(taken["title"]), len(taken["affiliation"]), len(taken["comment"])) == (50, 150, 500)
    steps.send(page)
    expect(page).to_have_url(steps.INBOX)
