"""Objections in a browser: a false name on the list, and a removal that was a mistake."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visits
from tests.e2e.desk import Desk
from tests.e2e.steps import findings
from tests.live.letterbox import Mail
from tests.live.people import Person, somebody
from tests.live.site import LiveSite
from tests.live.waiting import until

pytestmark = pytest.mark.e2e

PHONE = {"width": 360, "height": 780}
_WIDTH = "document.documentElement.scrollWidth"
LETTER = "a-letter-with-objections"
# The mail about a removal waits some minutes for an undoing.
AT_ONCE = "UPDATE mail_outgoingmail SET due_at = now() WHERE kind = 'signatures.removed'"


@pytest.fixture(scope="module")
def desk(site: LiveSite) -> Desk:
    return Desk(site)


@pytest.fixture(scope="module")
def letter(site: LiveSite) -> str:
    site.make_letter(LETTER)
    return LETTER


def link_in(mail: Mail, page: str) -> str:
    found = re.search(rf"https?://\S+/{page}/(?=\s)", mail.text)
    assert found, f"the mail has no link to {page}"
    return found[0]


def mail_with(site: LiveSite, person: Person, page: str) -> Mail:
    """Return the mail to a person that leads to a page."""

    def found() -> Mail | None:
        mails = site.letterbox.to(person)
        return next((mail for mail in mails if f"/{page}/" in mail.text), None)

    mail = until(found, f"a mail leads to {page}")
    assert mail is not None
    return mail


def test_a_false_name_is_claimed_by_mail_removed_and_its_removal_objected_to(
    site: LiveSite, visit: Visits, desk: Desk, letter: str
) -> None:
    forger, claimant = somebody(), somebody()
    site.confirm(site.signed_mail(forger, letter=letter))
    assert site.count(letter) == 1

    page = visit(locale="de", java_script_enabled=False)
    page.goto(f"/de/{letter}/signatures/")
    page.locator(".signature", has_text=forger.name).locator(".signature__claim").click()
    page.locator("input[value=mine]").check()
    page.locator("#id_message").fill("Ich habe nicht unterschrieben.")
    page.locator("#id_email").fill(claimant.email)
    page.locator("form.form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Bitte bestätigen Sie per E‑Mail")
    page.goto(link_in(mail_with(site, claimant, "claim"), "claim"))
    page.locator("form.form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Danke")
    assert site.state_of(forger) == "published"

    staff = desk.open(visit)
    staff.locator("a[href='/admin/claims/']").click()
    expect(staff.locator(".card")).to_contain_text("Ich habe nicht unterschrieben.")
    staff.locator("button[value=right]").click()
    expect(staff.locator(".messagelist")).to_be_visible()
    assert (site.state_of(forger), site.count(letter)) == ("removed", 0)

    site.ask(AT_ONCE)
    signer = visit(java_script_enabled=False)
    signer.goto(link_in(mail_with(site, forger, "appeal"), "appeal"))
    signer.locator("#id_text").fill("We have the same name.")
    signer.locator("form.form button[type=submit]").click()
    expect(signer.locator("h1")).to_have_text("We have your objection")
    staff.goto("/admin/claims/")
    expect(staff.locator(".card")).to_have_count(0)  # it was their own removal


def test_another_moderator_answers_an_objection_by_the_keyboard(
    site: LiveSite, visit: Visits, desk: Desk, letter: str
) -> None:
    person = somebody()
    site.confirm(site.signed_mail(person, letter=letter))
    before = site.count(letter)
    site.manage_shell(
        "from django.utils import timezone\n"
        "from openletter.claims import appeals\n"
        "from openletter.signatures.models import Signature\n"
        "from tests.claims.steps import removed\n"
        "from tests.factories import make_moderator\n"
        f"signature = Signature.objects.get(name={person.name!r})\n"
        "removed(signature.letter, make_moderator('another@example.org'), signature)\n"
        "appeals.write(signature.pk, text='It is me.', now=timezone.now())"
    )
    assert site.count(letter) == before - 1
    page = desk.open(visit)
    page.locator("a[href='/admin/claims/']").click()
    expect(page.locator(".card h2")).to_have_text(person.name)
    page.locator("button[value=granted]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    assert (site.state_of(person), site.count(letter)) == ("published", before)


def test_objections_are_decided_passed_over_and_taken_back_by_keys_unless_these_are_off(
    site: LiveSite, visit: Visits, desk: Desk, letter: str
) -> None:
    people = [somebody(), somebody()]
    for person in people:
        site.confirm(site.signed_mail(person, letter=letter))
        claims_about(site, person)
    page = desk.open(visit)
    page.goto("/admin/claims/")
    heading = page.locator(".card h2")
    expect(heading).to_be_focused()
    first = heading.inner_text()
    page.keyboard.press("j")
    expect(heading).not_to_have_text(first)
    person = next(one for one in people if one.name == heading.inner_text())
    page.keyboard.press("6")
    expect(page.locator("[data-reason]").nth(5)).to_be_checked()
    page.keyboard.press("r")
    expect(heading).to_have_text(first)
    assert site.state_of(person) == "removed"
    page.keyboard.press("z")
    expect(heading).to_have_text(person.name)
    assert site.state_of(person) == "published"
    page.locator("[data-help] summary").click()
    page.locator("[data-switch] input").uncheck()
    page.reload()
    heading.focus()
    page.keyboard.press("r")
    page.keyboard.press("?")
    expect(page.locator("[data-help]")).not_to_have_attribute("open", "")
    assert site.state_of(person) == "published"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_objections(
    site: LiveSite, visit: Visits, desk: Desk, letter: str, scheme: str
) -> None:
    person = somebody()
    site.confirm(site.signed_mail(person, letter=letter))
    looks: dict[str, Any] = {"color_scheme": scheme, "viewport": PHONE}
    page = visit(**looks)
    page.goto(f"/de/{letter}/signatures/")
    looked_at = [findings(page)]
    page.locator(".signature", has_text=person.name).locator(".signature__claim").click()
    page.locator("form.form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looked_at.append(findings(page))
    assert page.evaluate(_WIDTH) <= PHONE["width"]
    claims_about(site, person)
    state = desk.open(visit).context.storage_state()
    for place in ("", "letters/"):
        # axe works with styles of its own here, which the policy would forbid.
        page = visit(staff=True, storage_state=state, bypass_csp=True, **looks)
        page.goto(f"/admin/claims/{place}", wait_until="networkidle")
        looked_at.append(findings(page, preload=False))
        assert page.evaluate(_WIDTH) <= PHONE["width"]
    assert looked_at == [[], [], [], []]


def claims_about(site: LiveSite, person: Person) -> None:
    site.manage_shell(
        "from openletter.signatures.models import Signature\n"
        "from tests.claims.steps import claimed\n"
        f"claimed(Signature.objects.get(name={person.name!r}))"
    )
