"""Staff in the admin: log in with a second factor, write a letter, publish and open it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.conftest import Visits
from tests.e2e.desk import Desk
from tests.live.people import somebody
from tests.live.site import LiveSite
from tests.live.waiting import until

pytestmark = pytest.mark.e2e

TEXT = "Dear all,\n\n## What we ask\n\nListen *well*, <script>alert(1)</script>please."
CHANGE_LISTS = (
    *("accounts/user", "letters/letter", "letters/textversion", "signatures/signature"),
    *("mail/outgoingmail", "moderation/auditentry"),
)


@pytest.fixture(scope="module")
def desk(site: LiveSite) -> Desk:
    return Desk(site)


def test_staff_reach_the_desk_with_password_and_second_factor(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    page = desk.open(visit)
    expect(page).to_have_url(f"{site.address}/admin/")
    expect(page.locator(".desk-ways a[href='/admin/letters/letter/']")).to_be_visible()


def test_staff_come_back_with_a_code_that_is_good_once(visit: Visits, desk: Desk) -> None:
    desk.open(visit)
    page = visit(staff=True)
    page.goto("/admin/letters/letter/")
    desk.type_password(page)
    used = desk.type_code(page)
    expect(page).to_have_url(re.compile("/admin/letters/letter/$"))
    thief = visit(staff=True)
    thief.goto("/admin/letters/letter/")
    desk.type_password(thief)
    desk.type_code(thief, used)
    expect(thief.locator("[name=code][aria-invalid=true]")).to_be_visible()
    thief.goto("/admin/")
    expect(thief.locator("[name=code]")).to_be_visible()  # still asked for it
    expect(page.locator("#content")).to_be_visible()


def test_the_desk_stays_closed_without_an_account(site: LiveSite, visit: Visits) -> None:
    page = visit(staff=True)
    page.goto("/admin/letters/letter/")
    expect(page.locator("[name=password]")).to_be_visible()
    assert page.url.startswith(f"{site.address}/accounts/login/")


def test_staff_write_a_letter_and_anybody_can_read_it(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    page = desk.open(visit)
    write_letter(page, "From the desk")
    with page.context.expect_page() as opened:
        page.locator("button[formaction$='/preview/']").click()
    expect(opened.value.locator("article h2")).to_have_text("What we ask")
    looks = [look_of(opened.value)]
    expect(opened.value.locator("article script")).to_have_count(0)
    page.locator("[name=_act][value=publish]").click()
    page.locator("#content form [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    open_letter(page, "from-the-desk")
    reader = visit()
    reader.goto("/from-the-desk/")
    expect(reader.locator(".letter__title")).to_have_text("From the desk")
    expect(reader.locator(".letter__text h2")).to_have_text("What we ask")
    expect(reader.locator("form[action$='/sign/']")).to_be_visible()
    looks.append(look_of(reader))
    assert looks[0] == looks[1]


def test_exactly_the_words_that_the_question_shows_become_public(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    page = desk.open(visit)
    write_letter(page, "What was seen")
    page.locator("[name=_act][value=publish]").click()
    page.locator("#content form [type=submit]").click()
    open_letter(page, "what-was-seen")
    page.locator("[name=_act][value=begin]").click()
    page.locator("#id_reason").fill("Clearer words.")
    page.locator("#id_translations-0-markdown").fill("Typed *just now*,\n\nand not saved.")
    page.locator("[name=_act][value=publish]").click()
    expect(page.locator(".asked .letter__text em")).to_have_text("just now")
    expect(page.locator(".asked .changes ins").first).to_be_visible()
    shown = page.locator(".asked .letter__text").inner_text()
    page.locator("#content form [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    reader = visit()
    reader.goto("/what-was-seen/")
    expect(reader.locator(".letter__text")).to_contain_text("Typed just now")
    assert reader.locator(".letter__text").inner_text() == shown


def test_a_page_with_unsaved_words_warns_before_it_is_left(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    page = desk.open(visit)
    write_letter(page, "Not saved yet")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    def warnings() -> list[str]:
        page.wait_for_timeout(50)  # lets the browser tell what it asks
        return asked

    page.on("dialog", stay)
    page.locator(".breadcrumbs a").first.click(no_wait_after=True)
    until(lambda: warnings() == ["beforeunload"], "a warning")
    expect(page.locator("#id_translations-0-markdown")).to_have_value(TEXT)
    with page.context.expect_page() as opened:  # a preview leaves the page where it is
        page.locator("button[formaction$='/preview/']").click()
    opened.value.close()
    page.locator(".breadcrumbs a").first.click(no_wait_after=True)
    until(lambda: len(warnings()) == 2, "a second warning")
    page.locator("[name=_continue]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.locator(".breadcrumbs a").first.click()
    expect(page).to_have_url(f"{site.address}/admin/")
    assert len(asked) == 2


def test_two_languages_are_written_each_by_its_own_button(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    page = desk.open(visit)
    write_letter(page, "In two languages")
    page.locator("#translations-group .add-row a").click()
    expect(page.locator("#id_translations-1-language")).to_have_value("de")


def look_of(page: Page) -> list[object]:
    """Return how a letter's title and text look, and where on the page they stand."""
    page.wait_for_load_state()  # a page that opened by itself may have no styles yet
    look: list[object] = page.evaluate(
        """() => [".letter__title", ".letter__text", ".letter__text p"].map((name) => {
            const found = document.querySelector(name);
            const style = getComputedStyle(found);
            const place = found.getBoundingClientRect();
            return [style.fontFamily, style.fontSize, style.color, place.left, place.width];
        })"""
    )
    return look


def write_letter(page: Page, title: str) -> None:
    """Make a letter and type the text of its first version, not yet saved."""
    page.goto("/admin/letters/letter/add/")
    page.locator("#id_title").fill(title)
    page.locator("#id_sender_name").fill("The Desk")
    page.locator("[name=_act][value=begin]").click()
    expect(page.locator("#id_translations-0-language")).to_have_value("en")
    expect(page.locator("#id_translations-0-title")).to_have_value(title)
    page.locator("#id_translations-0-markdown").fill(TEXT)


def open_letter(page: Page, slug: str) -> None:
    page.goto(f"/admin/letters/letter/?q={slug}")
    page.locator("#result_list tbody th a").click()
    page.locator("[name=_act][value=open]").click()
    page.locator("#id_reason").fill("All have agreed.")
    page.locator("#content form [type=submit]").click()
    expect(page.locator(".field-state .readonly")).to_have_text("open")


def test_a_moderator_removes_a_signature_and_the_number_falls(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    person = somebody()
    site.confirm(site.signed_mail(person))
    before = site.count()
    page = desk.open(visit)
    page.goto(f"/admin/signatures/signature/?q={person.name}")
    page.locator("#result_list input[name=_selected_action]").check()
    page.locator("select[name=action]").select_option("removed")
    page.locator("#changelist-form button[name=index]").click()
    page.locator("#id_reason").fill("It is not theirs.")
    page.locator("#content form .submit-row [type=submit]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert site.state_of(person) == "removed"
    assert site.count() == before - 1


@pytest.mark.parametrize("place", CHANGE_LISTS)
def test_the_desk_works_under_the_strict_policy(visit: Visits, desk: Desk, place: str) -> None:
    page = desk.open(visit)
    answer = page.goto(f"/admin/{place}/", wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    expect(page.locator("#changelist")).to_be_visible()


CODES = (
    *("publish version", "open letter", "removed signature", "letter is reviewed", "burst"),
    *("signatures.receipt", "signatures.confirm", "at_once", "after_review", "None", "enqueueing"),
)
IN_GERMAN = (
    *("letters/letter", "letters/textversion", "letters/update", "signatures/signature"),
    *("ledger/ledgerentry", "mail/outgoingmail", "moderation/auditentry"),
)


def test_why_a_signature_is_suspect_is_in_sight_on_a_small_screen(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    site.make_letter("a-letter-with-a-suspect")
    site.manage_shell(
        "from openletter.letters.models import Letter\n"
        "from tests.factories import make_held\n"
        "letter = Letter.objects.get(slug='a-letter-with-a-suspect')\n"
        "make_held(letter, name='Sam Donaudampfschifffahrtsgesellschaft', title='Professorin',\n"
        "    affiliation='Universität Nordhavn, Institut für Ostseekunde', country='DE',\n"
        "    comment='This has been going on for far too long. ' * 8, held_because='burst',\n"
        "    flags=['burst', 'disposable', 'no mail server'])"
    )
    page = desk.open(visit)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/admin/signatures/signature/")
    expect(page.locator("td.field-suspect").first).to_be_visible()
    last = page.locator("td.field-created_at").first.bounding_box()
    assert last
    assert last["x"] + last["width"] <= 1280


def test_the_ways_on_the_first_page_keep_their_distance(visit: Visits, desk: Desk) -> None:
    page = desk.open(visit)
    page.goto("/admin/")
    way = page.locator("a[href='/admin/privacy/']").bounding_box()
    above = page.locator("a[href='/admin/delivery/']").first.bounding_box()
    below = page.locator("#content-main").bounding_box()
    assert way
    assert above
    assert below
    assert way["y"] - (above["y"] + above["height"]) >= 24
    assert below["y"] - (way["y"] + way["height"]) >= 24


def test_a_german_desk_shows_no_code(site: LiveSite, visit: Visits, desk: Desk) -> None:
    person = somebody()
    site.confirm(site.signed_mail(person))
    held = "UPDATE signatures_signature SET held_because = 'letter is reviewed', flags = '{burst}'"
    site.ask(f"{held} WHERE name = %s", person.name)
    state = desk.open(visit).context.storage_state()
    page = visit(staff=True, locale="de", storage_state=state)
    for place in IN_GERMAN:
        page.goto(f"/admin/{place}/")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        rows = page.locator("#result_list tbody th a")
        addresses = [row.get_attribute("href") for row in rows.all()[:1]]
        for address in (None, *addresses):
            if address:
                page.goto(address)
            # The demo letter says so, and may be the one that is listed first.
            shown = page.locator("#content").inner_text().replace("None of this", "")
            assert [code for code in CODES if code in shown] == [], page.url


def test_the_queue_is_cleared_by_keys_and_a_decision_undone(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    site.make_letter("a-letter-with-a-queue")
    site.manage_shell(
        "from openletter.letters.models import Letter\n"
        "from tests.factories import make_held\n"
        "letter = Letter.objects.get(slug='a-letter-with-a-queue')\n"
        "[make_held(letter, name=f'Signer {name}', held_because='unlike a name')"
        " for name in ('One', 'Two', 'Three', 'Four', 'Five', 'Six')]"
    )
    page = desk.open(visit)
    page.locator(
        f".desk-waiting a[href$='?letter={key_of(site, 'a-letter-with-a-queue')}']"
    ).click()
    name = page.locator(".card:visible h2")

    def states() -> list[str]:
        rows = "SELECT state FROM signatures_signature WHERE name LIKE %s ORDER BY id"
        found = site.ask(rows, "Signer %")
        return [str(state) for (state,) in found]

    expect(name).to_have_text("Signer One")
    page.keyboard.press("p")
    expect(name).to_have_text("Signer Two")
    page.keyboard.press("r")  # says nothing why
    expect(page.locator("[name=reason]:visible")).to_be_focused()
    page.keyboard.type("p, no such person")
    page.keyboard.press("Enter")
    expect(name).to_have_text("Signer Three")
    page.locator("[name=reason]:visible").fill("why not")
    page.locator("[name=reason]:visible").press("Enter")  # of itself it decides nothing
    expect(name).to_have_text("Signer Three")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(name).to_have_text("Signer Four")
    page.keyboard.press("j")
    expect(name).to_have_text("Signer Five")
    page.keyboard.press("k")
    expect(name).to_have_text("Signer Four")
    page.keyboard.press("p")
    decided = ["published", "removed", "held", "published", "held", "held"]
    until(lambda: states() == decided, "all that was pressed is decided")
    page.keyboard.press("z")
    expect(name).to_have_text("Signer Four")
    assert states() == ["published", "removed", "held", "held", "held", "held"]
    page.locator(".card:visible button[data-key=h]").click()
    expect(name).to_have_text("Signer Five")


def test_a_card_whose_decision_is_lost_comes_back(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    site.make_letter("a-letter-with-a-lost-decision")
    site.manage_shell(
        "from openletter.letters.models import Letter\n"
        "from tests.factories import make_held\n"
        "letter = Letter.objects.get(slug='a-letter-with-a-lost-decision')\n"
        "make_held(letter, name='Lost and Found')"
    )
    key = key_of(site, "a-letter-with-a-lost-decision")
    page = desk.open(visit)
    page.goto(f"/admin/signatures/signature/queue/?letter={key}")
    page.route(
        "**/queue/**",
        lambda route: (
            route.fulfill(status=200, content_type="text/html", body="Please log in.")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.keyboard.press("p")
    expect(page.locator(".card:visible [data-problem]")).to_contain_text("did not arrive")
    page.unroute("**/queue/**")
    page.keyboard.press("p")
    expect(page.locator(".queue__empty")).to_be_visible()


def test_a_decision_is_undone_by_its_key_while_the_next_card_is_on_its_way(
    site: LiveSite, visit: Visits, desk: Desk
) -> None:
    site.make_letter("a-letter-with-a-slow-queue")
    site.manage_shell(
        "from openletter.letters.models import Letter\n"
        "from tests.factories import make_held\n"
        "letter = Letter.objects.get(slug='a-letter-with-a-slow-queue')\n"
        "[make_held(letter, name=name) for name in ('First Card', 'Late Card')]"
    )
    key = key_of(site, "a-letter-with-a-slow-queue")
    page = desk.open(visit)
    page.route("**/queue/card/**", lambda _route: None)  # no answer for now
    page.goto(f"/admin/signatures/signature/queue/?letter={key}")
    page.keyboard.press("p")
    expect(page.locator(".card:visible")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator(".card:visible h2")).to_have_text("First Card")


def key_of(site: LiveSite, slug: str) -> int:
    ((key,),) = site.ask("SELECT id FROM letters_letter WHERE slug = %s", slug)
    return int(key)
