"""Links and codes that must do nothing, and those that no longer work: none is a dead end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import until

pytestmark = pytest.mark.e2e

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "BarracudaLinkProtection/1.0",
    "Mozilla/5.0 (compatible; proofpoint-urldefense)",
    "python-requests/2.32",
    "",
)
# Codes that are wrong whatever the right one is.
WRONG_TRIES = 5


def test_a_scanner_that_fetches_the_link_confirms_nothing_t01(site: LiveSite) -> None:
    person, before = somebody(), site.count()
    link = site.signed_mail(person).link
    for number in range(20):
        agent = SCANNERS[number % len(SCANNERS)]
        assert site.request(link, headers={"User-Agent": agent}).status == 200
    for agent in SCANNERS:
        assert site.request(link, method="HEAD", headers={"User-Agent": agent}).status == 200
    assert site.state_of(person) == "pending"
    assert site.count() == before


def test_a_browser_that_opens_the_link_and_waits_confirms_nothing_t02(
    site: LiveSite, visit: Visits
) -> None:
    person = somebody()
    link = site.signed_mail(person).link
    page = visit()
    page.clock.install()
    page.goto(link)
    page.clock.run_for(120_000)  # whatever a script may have planned for later
    expect(page.locator("form[action$='/confirm/'] button[type=submit]")).to_be_visible()
    assert page.url == link
    assert site.state_of(person) == "pending"


def test_after_five_wrong_codes_only_the_link_works(site: LiveSite, visit: Visits) -> None:
    page, person = visit(), somebody()
    steps.sign(page, person)
    mail = site.mail_to(person)
    wrong = f"{(int(mail.code) + 1) % 1_000_000:06d}"
    for _ in range(WRONG_TRIES):
        steps.type_code(page, wrong)
        expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    steps.type_code(page, mail.code)
    expect(page.locator("[role=alert]")).to_be_visible()
    assert site.state_of(person) == "pending"
    page.goto(mail.link)
    steps.press_button(page)
    assert steps.number_of_signatory(page) == site.count()


def test_a_code_may_be_typed_with_spaces_after_a_wrong_one(site: LiveSite, visit: Visits) -> None:
    page, person = visit(), somebody()
    steps.sign(page, person)
    code = site.mail_to(person).code
    steps.type_code(page, "12")
    expect(page.locator("#id_code")).to_have_value("12")
    steps.type_code(page, f"{code[:3]} {code[3:]}")
    assert steps.number_of_signatory(page) == site.count()


def test_an_expired_link_offers_a_new_mail_whose_link_works(site: LiveSite, visit: Visits) -> None:
    page, person = visit(), somebody()
    link = site.signed_mail(person).link
    site.let_pass(days=8)
    page.goto(link)
    expect(page.locator("form[action$='/confirm/']")).to_have_count(0)
    page.locator(".ways-on form[action$='/renew/'] button").click()
    expect(page).to_have_url(steps.INBOX)
    page.goto(site.mail_to(person, number=2).link)
    steps.press_button(page)
    assert steps.number_of_signatory(page) == site.count()


def test_the_inbox_page_sends_a_new_mail_to_a_signer_who_asks(
    site: LiveSite, visit: Visits
) -> None:
    page, person = visit(), somebody()
    steps.sign(page, person)
    first = site.mail_to(person)
    site.let_pass(minutes=4)
    page.locator("form[action$='/resend/'] button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    second = site.mail_to(person, number=2)
    steps.type_code(page, second.code)
    assert steps.number_of_signatory(page) == site.count()
    assert second.message_id != first.message_id


def test_a_damaged_link_still_leads_to_its_page(site: LiveSite, visit: Visits) -> None:
    """Through a real server, which takes //s/… as it comes; the client of other tests cannot."""
    link = site.signed_mail(somebody()).link
    path = link.removeprefix(site.address)
    page = visit()
    for damaged in (f"/{path}", f"//{path}", path.replace("/s/", "/s//"), f"{path})", f"{path}%3E"):
        page.goto(f"{site.address}{damaged}")
        expect(page.locator("form[action$='/confirm/'] button[type=submit]")).to_be_visible()


def test_one_click_unsubscribes_whatever_is_sent_with_it(site: LiveSite) -> None:
    link = site.signed_mail(somebody()).link
    wrong = link.replace("/confirm/", "/unsubscribe/")
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=ISO-8859-1"}
    # No token for this purpose: the answer is about the link, and not about the body.
    assert site.request(wrong, {"List-Unsubscribe": "One-Click"}, headers=kind).status == 404


def test_words_of_another_sender_are_shown_and_can_be_corrected_first(
    site: LiveSite, visit: Visits
) -> None:
    stranger, owner = somebody(), somebody()
    owner = Person(owner.name, stranger.email)
    site.sign(stranger)
    code = site.mail_to(stranger).code
    page = visit()
    steps.sign(page, owner)
    steps.type_code(page, code)
    page.get_by_role("link", name="Something wrong?").first.click()
    page.locator("#id_name").fill("Suzie Corrected")
    page.locator("form[action$='/correct/'] button[type=submit]").click()
    expect(page.locator(".summary__name")).to_have_text("Suzie Corrected")
    steps.press_button(page)
    assert steps.number_of_signatory(page) == site.count()
    expect(page.locator(".summary__name")).to_have_text("Suzie Corrected")


def test_a_mistyped_address_is_corrected_without_typing_it_all_again(
    site: LiveSite, visit: Visits
) -> None:
    mistyped, right = somebody(), somebody()
    page = visit()
    steps.sign(page, mistyped)
    expect(page.locator("main")).to_contain_text(mistyped.email)
    page.get_by_role("link", name="Wrong address?").click()
    expect(page.locator("#id_name")).to_have_value(mistyped.name)
    expect(page.locator("#id_consent")).not_to_be_checked()
    page.locator("#id_email").fill(right.email)
    page.locator("#id_consent").check()
    steps.send(page)
    expect(page).to_have_url(steps.INBOX)
    steps.type_code(page, site.mail_to(right).code)
    assert steps.number_of_signatory(page) == site.count()


def test_an_unknown_link_leads_home(site: LiveSite, visit: Visits) -> None:
    page = visit()
    link = site.signed_mail(somebody()).link
    answer = page.goto(re.sub(r"/s/.", "/s/x", link))
    assert answer is not None
    assert answer.status == 404
    page.locator(".ways-on a").first.click()
    expect(page).to_have_url(f"{site.address}/")


@pytest.fixture(scope="module")
def closing_letter(site: LiveSite) -> str:
    """Return the slug of a letter that a test may close."""
    site.make_letter("closing")
    return "closing"


def test_a_letter_that_closed_leads_to_its_text(
    site: LiveSite, visit: Visits, closing_letter: str
) -> None:
    page, person = visit(), somebody()
    page.goto(f"/{closing_letter}/")
    link = site.signed_mail(person, letter=closing_letter).link
    site.ask(
        "UPDATE letters_letter SET state = 'closed', closes_at = now() - interval '2 days'"
        " WHERE slug = %s",
        closing_letter,
    )
    page.locator("#id_name").fill(person.name)
    page.locator("#id_email").fill(person.email)
    page.locator("#id_consent").check()
    steps.send(page)
    _expect_way_to_letter(page, closing_letter)
    page.goto(link)
    _expect_way_to_letter(page, closing_letter)
    until(lambda: _shows_no_form(page), "a letter without a form, after the caches' second")


def _shows_no_form(page: Page) -> bool:
    page.reload()
    return page.locator("form").count() == 0


def _expect_way_to_letter(page: Page, slug: str) -> None:
    page.locator(".ways-on a").first.click()
    expect(page).to_have_url(re.compile(f"/{slug}/$"))
    expect(page.locator(".letter__text")).to_be_visible()


def test_an_address_that_does_not_exist_leads_home(site: LiveSite, visit: Visits) -> None:
    page = visit()
    answer = page.goto("/no-such-letter/")
    assert answer is not None
    assert answer.status == 404
    page.locator("main a").first.click()
    expect(page).to_have_url(f"{site.address}/")


def test_a_new_signature_of_the_demo_letter_is_listed(site: LiveSite, visit: Visits) -> None:
    page, person = visit(), somebody()
    site.confirm(site.signed_mail(person))
    page.goto(f"/{DEMO}/signatures/?after=999999")
    expect(page.locator("main")).to_contain_text(person.name)
