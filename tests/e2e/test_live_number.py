"""While somebody reads, the number moves, and with it every word that depends on it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Visits
from tests.e2e.embedding import Host
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e
SLUG = "a-letter-with-a-goal"


@pytest.fixture(scope="module")
def counted(site: LiveSite) -> str:
    """A letter with a goal of three that two signed, one of them unnamed, before it changed."""
    site.make_letter(SLUG)
    site.manage_shell(
        "from openletter.letters.models import Letter\n"
        "from tests.factories import make_published\n"
        f"letter = Letter.objects.get(slug={SLUG!r})\n"
        "Letter.objects.filter(pk=letter.pk).update(goal=3)\n"
        "make_published(letter)\n"
        "make_published(letter, show_name=False)"
    )
    site.change_letter(SLUG, "Listen, please.", "Hört bitte zu.")
    return f"/{SLUG}/"


def answer(page: Page, **numbers: Any) -> None:
    """Let the site say other numbers from now on, and let the page ask."""

    def fulfil(route: Route) -> None:
        said = {"count": 2, "goal": 3, "by_version": {"1": 2, "2": 0}, **numbers}
        route.fulfill(json={"people": said["count"], "organisations": 0, **said})

    page.unroute_all()
    page.route("**/count.json", fulfil)
    page.clock.fast_forward(20_000)


def test_every_word_follows_the_number(visit: Visits, counted: str) -> None:
    page = visit()
    page.clock.install()
    page.goto(counted)
    number, goal, bar = (
        page.locator(f".tally {one}") for one in ("data", "[data-goal-ahead]", "progress")
    )
    versions, others = page.locator(".tally [data-versions]"), page.locator("[data-others]")
    expect(goal).to_have_text("Goal: 3")
    expect(versions).to_have_text("all on version 1")
    expect(others).to_have_text("and one more who prefers not to be named")
    answer(page, count=3, by_version={"1": 2, "2": 1})
    expect(number).to_have_text("3")
    expect(goal).to_have_text("Goal of 3 reached")
    expect(bar).to_have_js_property("value", 3)
    expect(versions).to_have_text("2 of them on version 1")
    expect(others).to_have_text("and 2 more, one of whom prefers not to be named")
    answer(page, count=1_500, goal=2_000, by_version={"1": 0, "2": 700, "3": 800})
    expect(goal).to_have_text("Goal: 2,000")
    expect(bar).to_have_js_property("max", 2_000)
    expect(bar).to_have_attribute("aria-label", "Progress towards the goal of 2,000 signatures")
    expect(versions).to_have_text("700 of them on version 2")
    expect(others).to_have_text("and 1,499 more, one of whom prefers not to be named")
    answer(page, count=1, goal=None, by_version={"1": 0, "2": 1})
    for hidden in (goal, bar, versions, others):
        expect(hidden).to_be_hidden()


def test_so_it_does_in_german(visit: Visits, counted: str) -> None:
    page = visit()
    page.clock.install()
    page.goto(f"/de{counted}")
    goal = page.locator(".tally [data-goal-ahead]")
    before = goal.inner_text()
    answer(page, count=1_234, goal=1_000)
    expect(page.locator(".tally data")).to_have_text("1.234")
    expect(goal).to_have_text("Ziel von 1.000 erreicht")
    assert before == "Ziel: 3"


def test_whose_data_was_deleted_stays_out_of_the_words_that_follow(
    visit: Visits, site: LiveSite
) -> None:
    site.make_letter("a-letter-with-deleted-data")
    site.manage_shell(
        "from django.utils import timezone\n"
        "from openletter.letters.models import Letter\n"
        "from openletter.privacy.flows import Erasure, erase\n"
        "from tests.factories import make_published\n"
        "letter = Letter.objects.get(slug='a-letter-with-deleted-data')\n"
        "make_published(letter)\n"
        "make_published(letter, show_name=False)\n"
        "gone = make_published(letter)\n"
        "erase(Erasure(bytes(gone.email_key), keep_count=True), now=timezone.now())"
    )
    page = visit()
    page.clock.install()
    page.goto("/a-letter-with-deleted-data/")
    others = page.locator("[data-others]")
    expect(others).to_have_text("and one more who prefers not to be named")
    answer(page, count=4, goal=None, by_version={"1": 4})
    expect(others).to_have_text("and 2 more, one of whom prefers not to be named")
    expect(page.get_by_text("One signature counts without a name")).to_be_visible()


def test_nobody_is_told_to_be_the_first_who_is_not(visit: Visits, site: LiveSite) -> None:
    site.make_letter("a-letter-that-nobody-signed")
    page = visit()
    page.clock.install()
    page.goto("/a-letter-that-nobody-signed/")
    nobody, others = page.locator("[data-while-nobody]"), page.locator("[data-others]")
    expect(nobody).to_be_visible()
    expect(others).to_be_hidden()
    for count, words in ((1, "One signature."), (2, "2 signatures.")):
        answer(page, count=count, goal=None, by_version={"1": count})
        expect(others).to_contain_text(words)
        expect(nobody).to_be_hidden()


PARTS = (
    "<b data-count>Many</b> <i data-one='person has' data-other='people have'>people have</i>"
    "<i data-goal-ahead=' of {goal}' data-goal-reached=', more than {goal}'></i>"
    "<i data-earlier=' ({earlier} before)' data-all-earlier=' (all before)'></i>"
)


def answer_elsewhere(page: Page, said: dict[str, Any]) -> None:
    headers = {"Access-Control-Allow-Origin": "*"}
    page.unroute_all()
    page.route("**/count.json", lambda route: route.fulfill(json=said, headers=headers))


def widget_with(parts: str, visit: Visits, host: Host) -> Locator:
    """Open an article whose widget has parts of its own and no number yet."""
    page = visit()
    visit.watch_of(page).origins.append(host.address)
    page.clock.install()
    page.route("**/count.json", lambda route: route.abort())
    visit.watch_of(page).expected += ["net::ERR_"]
    page.goto(f"{host.address}/{SLUG}/")
    element = page.locator("open-letter-counter")
    element.evaluate("(element, parts) => { element.innerHTML = parts; }", parts)
    return element


def test_a_part_of_the_widget_tells_how_many_signed_each_version(
    visit: Visits, host: Host, counted: str
) -> None:
    element = widget_with("<b data-count></b><i data-by-version>?</i>", visit, host)
    for by_version, words in (({"1": 4}, "4"), ({"1": 3, "2": 1}, "4v1: 3 · v2: 1")):
        answer_elsewhere(element.page, {"count": 4, "goal": None, "by_version": by_version})
        element.page.clock.fast_forward(700_000)
        expect(element).to_have_text(words)
    assert element.get_attribute("title") is None


def test_the_words_in_the_widget_follow_too(visit: Visits, host: Host, counted: str) -> None:
    element = widget_with(PARTS, visit, host)
    page = element.page
    for numbers, words in (
        ({"count": 1, "by_version": {"1": 1}}, "1 person has of 3"),
        ({"count": 2, "by_version": {"1": 2, "2": 0}}, "2 people have of 3 (all before)"),
        ({"count": 3, "by_version": {"1": 2, "2": 1}}, "3 people have, more than 3 (2 before)"),
        ({"count": 4, "goal": None}, "4 people have (2 before)"),
        ({"count": 4, "goal": None, "by_version": None}, "4 people have"),
    ):
        answer_elsewhere(page, {"goal": 3, "by_version": {"1": 2, "2": 2}, **numbers})
        page.clock.fast_forward(700_000)
        expect(element).to_have_text(words)


def test_a_widget_without_words_of_its_own_tells_by_a_title(
    visit: Visits, host: Host, counted: str
) -> None:
    page = visit()
    visit.watch_of(page).origins.append(host.address)
    page.goto(f"{host.address}/{SLUG}/")
    expect(page.locator("open-letter-counter")).to_have_text("2")
    expect(page.locator("open-letter-counter")).to_have_attribute("title", "v1: 2 · v2: 0")
