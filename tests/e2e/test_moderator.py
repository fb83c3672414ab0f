"""An evening of a moderator: the queue by keys, a page at once, a sweep and back, an objection.

After each step the public number is what the desk says.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visits
from tests.e2e.desk import Desk
from tests.live.site import LiveSite
from tests.live.waiting import until

pytestmark = pytest.mark.e2e
LETTER = "a-letter-in-trouble"
MACHINES, HELD, ON_PAGE = 500, 10, 6
PUBLISHED = 7  # of those that are decided by keys
HONEST = 9 + ON_PAGE - 1  # that count in the end: one of each stays out
PHONE = {"width": 360, "height": 780}
_FILL = f"""
from django.utils import timezone
from openletter.letters.models import Letter
from openletter.signatures import decisions
from openletter.signatures.models import Signature
from openletter.claims import appeals
from tests.factories import make_held, make_many, make_moderator, make_published
letter = Letter.objects.get(slug={LETTER!r})
for number in range({HELD} + {ON_PAGE}):
    make_held(letter, name=f"Held {{number}}", held_because="unlike a name")
make_many(letter, {MACHINES}, email_domain="machines.example", name="Machine")
other = make_moderator("mia@example.org", second_factor=False)
wronged = make_published(letter, name="Winnie Wronged")
decisions.decide(signature_id=wronged.pk, revision=wronged.revision, actor_id=other.pk,
    to=Signature.State.REMOVED, reason="given: no name", now=timezone.now())
appeals.write(wronged.pk, text="This is how I am called.", now=timezone.now())
"""


@pytest.fixture(scope="module")
def desk(site: LiveSite) -> Desk:
    return Desk(site)


@pytest.fixture(scope="module")
def key(site: LiveSite) -> int:
    site.make_letter(LETTER)
    site.manage_shell(_FILL)
    ((key,),) = site.ask("SELECT id FROM letters_letter WHERE slug = %s", LETTER)
    return int(key)


def expect_number(site: LiveSite, number: int) -> None:
    """See the number in public, once the caches' second is over, and in the database."""

    until(lambda: site.count(LETTER) == number, f"{number} in the database")

    def shown() -> bool:
        return f'"count": {number},' in site.request(f"/{LETTER}/count.json").text

    until(shown, f"{number} in public")


def test_an_evening_of_a_moderator(site: LiveSite, visit: Visits, desk: Desk, key: int) -> None:
    page = desk.open(visit)
    expect_number(site, MACHINES)
    decide_ten_by_keys(site, page, key)
    undo_two(site, page)
    publish_the_rest_of_a_page(site, page, key)
    sweep_and_undo_it(site, page, key)
    answer_an_objection(site, page)

    # In public nothing is left of the wrong sweep but two lines of the history.
    reader = visit()

    def told() -> bool:
        reader.goto(f"/{LETTER}/numbers/")
        return len(re.findall(rf"\b{MACHINES}\b", reader.locator("main").inner_text())) == 2

    until(told, "two corrections in public")
    expect(reader.locator("main")).to_contain_text("A program sent these.")


def decide_ten_by_keys(site: LiveSite, page: Page, key: int) -> None:
    """Seven are published, three removed."""
    page.goto("/admin/")
    page.locator(f".desk-waiting a[href$='?letter={key}']").click()
    for number in range(HELD):
        expect(card(page)).to_have_text(f"Held {number}")
        for pressed in "p" if number < PUBLISHED else "1r":
            page.keyboard.press(pressed)
    expect_number(site, MACHINES + PUBLISHED)


def undo_two(site: LiveSite, page: Page) -> None:
    """Two of the removed ones are taken back, and published."""
    for number in (9, 8):
        page.keyboard.press("z")
        expect(card(page)).to_have_text(f"Held {number}")
    for number in (8, 9):
        expect(card(page)).to_have_text(f"Held {number}")
        page.keyboard.press("p")
        expect_number(site, MACHINES + number)


def publish_the_rest_of_a_page(site: LiveSite, page: Page, key: int) -> None:
    """All of a page but one, which is looked at by itself."""
    page.goto(f"/admin/signatures/signature/queue/many/?letter={key}")
    expect(page.locator(".many__one")).to_have_count(ON_PAGE)
    page.locator("input[name=apart]").first.check()
    page.locator("form .submit-row button").click()
    expect(card(page)).to_have_text(f"Held {HELD}")
    expect_number(site, MACHINES + HONEST)


def sweep_and_undo_it(site: LiveSite, page: Page, key: int) -> None:
    page.goto(f"/admin/sweeps/sweep/ask/?letter={key}&domain=machines.example")
    page.locator("#content form [type=submit]").click()
    page.locator("#id_reason").fill("A program sent them.")
    page.locator("#id_public_note").fill("A program sent these.")
    page.locator("button[value=begin]").click()
    expect_number(site, HONEST)
    page.reload()
    page.locator("button[value=undo]").click()
    expect_number(site, MACHINES + HONEST)


def answer_an_objection(site: LiveSite, page: Page) -> None:
    """Somebody else removed the signature, so this moderator may restore it."""
    page.goto("/admin/claims/")
    expect(page.locator("#content")).to_contain_text("Winnie Wronged")
    page.locator("button[value=granted]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    expect_number(site, MACHINES + HONEST + 1)


def card(page: Page) -> Locator:
    return page.locator(".card:visible h2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "place",
    [
        "signatures/signature/queue/",
        "signatures/signature/queue/many/",
        "sweeps/sweep/",
        "sweeps/sweep/ask/",
        "moderation/rulesetting/",
        "moderation/rulesetting/add/",
        "moderation/watchedname/",
        "moderation/auditentry/",
        "letters/letter/{key}/trends/",
        "alerts/",
        "accounts/team/",
    ],
)
def test_axe_finds_nothing_on_the_pages_of_a_moderator(
    site: LiveSite, visit: Visits, desk: Desk, key: int, place: str, scheme: str
) -> None:
    state = desk.open(visit).context.storage_state()
    looks: dict[str, Any] = {"color_scheme": scheme, "viewport": PHONE}
    # axe works with styles of its own here, which the policy would forbid.
    page = visit(staff=True, storage_state=state, bypass_csp=True, **looks)
    page.goto(f"/admin/{place.format(key=key)}", wait_until="networkidle")
    found = Axe().run(page, context="#content", options={"preload": False})
    violations = found.response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
