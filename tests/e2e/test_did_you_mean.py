"""A mistyped domain in a browser: asked about, put right or kept, with and without scripts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.e2e.steps import tab_to
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite
from tests.typo_cases import TYPO_CASES

pytestmark = pytest.mark.e2e

# The page's own module, by the name with which the page loads it.
_ANSWERS = """async (cases) => {
  const script = document.querySelector("script[src*='did-you-mean']");
  const { listsOf, suggestion } = await import(script.src);
  const lists = listsOf(document.querySelector("#id_email"));
  return cases.map((typed) => suggestion(typed, lists));
}"""
_FILL_IN = """(field, address) => {
  field.value = address;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}"""
QUESTION = "[data-did-you-mean-question]"
USE = "[data-did-you-mean-use]"
INSTEAD = "button[name=email_instead]"
ERROR = "#id_email_error"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(domain: str) -> Person:
    """Return somebody new whose address is at this domain."""
    person = somebody()
    return replace(person, email=f"{person.email.partition('@')[0]}@{domain}")


def moved(person: Person, domain: str) -> Person:
    return replace(person, email=f"{person.email.partition('@')[0]}@{domain}")


def type_address(page: Page, person: Person) -> None:
    """Fill in the form under the letter, the address last, and stay in that field."""
    page.locator("#id_name").fill(person.name)
    page.locator("#id_consent").check()
    page.locator("#id_email").fill(person.email)


def open_letter(page: Page) -> None:
    """Open the letter; from now on the page's clock moves only when it is told to."""
    page.clock.install(time=NOON)
    page.goto(f"/{DEMO}/")
    page.clock.pause_at(NOON + timedelta(minutes=1))


def test_the_script_gives_the_answers_of_the_server(visit: Visits) -> None:
    page = visit()
    page.goto(f"/{DEMO}/")
    typed = [typed for typed, _meant in TYPO_CASES]
    assert list(zip(typed, page.evaluate(_ANSWERS, typed), strict=True)) == TYPO_CASES


def test_leaving_the_field_shows_the_question_and_a_button_puts_it_right(
    site: LiveSite, visit: Visits
) -> None:
    page, person = visit(), at("gmial.com")
    meant = moved(person, "gmail.com")
    open_letter(page)
    type_address(page, person)
    page.locator("#id_name").click()
    page.clock.run_for(300)
    expect(page.locator(QUESTION)).to_have_text(f"Did you mean {meant.email}?")
    expect(page.locator(QUESTION)).to_have_attribute("role", "status")
    expect(page.locator("#id_email")).to_have_value(person.email)  # it only asks
    page.locator(USE).click()
    expect(page.locator("#id_email")).to_have_value(meant.email)
    expect(page.locator("#id_email")).to_be_focused()
    expect(page.locator(QUESTION)).to_be_empty()
    expect(page.locator(USE)).to_be_hidden()
    steps.send(page)
    expect(page).to_have_url(steps.INBOX)
    assert site.mail_to(meant).confirms


def test_the_question_is_next_by_keyboard_and_whoever_keeps_the_address_is_not_asked_again(
    site: LiveSite, visit: Visits
) -> None:
    page, person = visit(), at("gmial.com")
    open_letter(page)
    type_address(page, person)
    page.keyboard.press("Tab")
    expect(page.locator(USE)).to_be_focused()
    expect(page.locator(USE)).to_have_text(f"Yes, use {moved(person, 'gmail.com').email}")
    page.clock.run_for(2_000)
    tab_to(page, page.locator("form[action$='/sign/'] .form__actions button"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(steps.INBOX)
    assert site.mail_to(person).confirms


def test_space_on_the_button_puts_it_right(visit: Visits) -> None:
    page, person = visit(), at("hotmail.con")
    open_letter(page)
    type_address(page, person)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#id_email")).to_have_value(moved(person, "hotmail.com").email)
    expect(page.locator("#id_email")).to_be_focused()


def test_who_sends_before_the_question_could_be_read_is_asked_by_the_server(
    visit: Visits,
) -> None:
    page, person = visit(), at("gmial.com")
    open_letter(page)
    type_address(page, person)
    page.keyboard.press("Tab")
    expect(page.locator(USE)).to_be_visible()
    page.clock.run_for(500)
    steps.send(page)
    expect(page.locator(ERROR)).to_contain_text("Did you mean")
    expect(page.locator(QUESTION)).to_be_empty()  # one question is enough


def test_enter_in_the_field_is_answered_by_the_server(visit: Visits) -> None:
    page = visit()
    open_letter(page)
    type_address(page, at("gmial.com"))
    page.keyboard.press("Enter")
    expect(page.locator(INSTEAD)).to_be_visible()


def test_an_address_that_the_browser_fills_in_is_asked_about(visit: Visits) -> None:
    page, person = visit(), at("gmial.com")
    open_letter(page)
    page.locator("#id_email").evaluate(_FILL_IN, person.email)
    page.clock.run_for(300)
    expect(page.locator(QUESTION)).to_contain_text(moved(person, "gmail.com").email)


def test_a_question_taken_back_while_typing_returns_with_the_same_slip(visit: Visits) -> None:
    page, person = visit(), at("gmial.com")
    open_letter(page)
    type_address(page, person)
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator("#id_email").press("End")
    page.keyboard.type("x")
    expect(page.locator(USE)).to_be_hidden()
    page.keyboard.press("Backspace")
    page.clock.run_for(300)
    expect(page.locator(USE)).to_be_hidden()  # not while somebody types
    page.locator("#id_name").click()
    page.clock.run_for(300)
    expect(page.locator(USE)).to_be_visible()


def test_a_corrected_address_takes_the_question_back(visit: Visits) -> None:
    page, person = visit(), at("gmial.com")
    open_letter(page)
    type_address(page, person)
    page.keyboard.press("Tab")
    page.locator("#id_email").fill("suzie@example.org")
    expect(page.locator(QUESTION)).to_be_empty()
    expect(page.locator(USE)).to_be_hidden()
    page.locator("#id_name").click()
    page.clock.run_for(300)
    expect(page.locator(USE)).to_be_hidden()


def test_after_the_servers_question_the_script_asks_about_another_slip_only(
    visit: Visits,
) -> None:
    page, person = visit(), at("gmial.com")
    open_letter(page)
    type_address(page, person)
    page.keyboard.press("Enter")
    expect(page.locator(INSTEAD)).to_be_visible()
    page.locator("#id_email").focus()
    page.keyboard.press("Tab")
    expect(page.locator(USE)).to_be_hidden()
    page.locator("#id_email").fill(moved(person, "hotmial.com").email)
    expect(page.locator(INSTEAD)).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator(USE)).to_be_focused()


@pytest.mark.parametrize("answer", ["use", "keep", "enter"])
def test_without_scripts_the_form_comes_back_and_takes_either_answer(
    site: LiveSite, visit: Visits, answer: str
) -> None:
    page, person = visit(java_script_enabled=False), at("gmial.com")
    page.goto(f"/{DEMO}/")
    type_address(page, person)
    steps.send(page)
    expect(page.locator("#error-summary-title")).to_be_focused()
    page.locator(".error-summary a[href='#id_email']").press("Enter")
    expect(page.locator("#id_email")).to_be_focused()
    if answer == "use":
        person = moved(person, "gmail.com")
        tab_to(page, page.locator(INSTEAD))
        page.keyboard.press("Enter")
    elif answer == "keep":
        steps.send(page)
    else:
        page.locator("#id_name").press("Enter")
    expect(page).to_have_url(steps.INBOX)
    assert site.mail_to(person).confirms
