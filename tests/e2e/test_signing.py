"""The main path in a browser: read, sign, get a mail, confirm, be counted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e


def test_a_signer_types_the_code_and_is_counted(site: LiveSite, visit: Visits) -> None:
    page, person, before = visit(), somebody(), site.count()
    steps.sign(page, person)
    steps.type_code(page, site.mail_to(person).code)
    assert steps.number_of_signatory(page) == before + 1
    steps.expect_count(page, site, before + 1)
    expect(page.locator(".names")).to_contain_text(person.name)


def test_a_signer_follows_the_link_in_another_browser_and_is_counted(
    site: LiveSite, visit: Visits
) -> None:
    person, before = somebody(), site.count()
    steps.sign(visit(), person)
    elsewhere = visit()
    elsewhere.goto(site.mail_to(person).link)
    expect(elsewhere.locator("main")).to_contain_text(person.name)
    steps.press_button(elsewhere)
    assert steps.number_of_signatory(elsewhere) == before + 1
    steps.expect_count(elsewhere, site, before + 1)


def test_a_second_click_in_another_tab_leads_to_the_same_thanks(
    site: LiveSite, visit: Visits
) -> None:
    person = somebody()
    mail = site.signed_mail(person)
    first, second = visit(), visit()
    first.goto(mail.link)
    second.goto(mail.link)
    steps.press_button(first)
    number = steps.number_of_signatory(first)
    steps.press_button(second)
    assert steps.number_of_signatory(second) == number
    assert second.url == first.url
    assert site.count() == number


def test_whoever_opens_a_used_link_is_led_to_the_thanks(site: LiveSite, visit: Visits) -> None:
    mail = site.signed_mail(somebody())
    thanks = site.confirm(mail)
    page = visit()
    page.goto(mail.link)
    page.locator(".ways-on a").first.click()
    expect(page).to_have_url(thanks)


def test_a_german_signer_stays_in_german(site: LiveSite, visit: Visits) -> None:
    page, person, before = visit(), somebody(), site.count()
    languages: list[str] = []
    page.on(
        "response",
        lambda answer: (
            languages.append(answer.headers.get("content-language", ""))
            if answer.request.resource_type == "document"
            else None
        ),
    )
    steps.sign(page, person, address=f"/de/{DEMO}/")
    mail = site.mail_to(person)
    assert mail.language == "de"
    assert mail.link.startswith(f"{site.address}/de/s/")
    page.goto(mail.link)
    steps.press_button(page)
    assert steps.number_of_signatory(page) == before + 1
    assert page.url.startswith(f"{site.address}/de/s/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert set(languages) == {"de"}


def test_a_duplicate_signer_sees_the_same_page_and_gets_the_other_mail_t07(
    site: LiveSite, visit: Visits
) -> None:
    page, person = visit(), somebody()
    steps.sign(page, person)
    first_time = page.locator("body").inner_html()
    site.confirm(site.mail_to(person))
    number = site.count()
    site.mail_to(person, number=2)  # the receipt
    site.let_pass(minutes=4)  # unverified mails to one address keep three minutes apart
    again = visit()
    steps.sign(again, Person(name="Somebody Else", email=person.email.upper()))
    seen = again.locator("body").inner_html().replace("SUZIE", "suzie")  # the address as typed
    assert _without_token(seen) == _without_token(first_time)
    assert not site.mail_to(person, number=3).confirms
    assert site.count() == number


def _without_token(html: str) -> str:
    return re.sub(r"/s/[^/]+/", "/s/…/", html)
