"""What only a browser can tell about looks: forced colours, short screens, lines of a letter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visits
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

BARS = """() => Object.fromEntries([...document.querySelectorAll(".changes__block")].map((one) => {
  const style = getComputedStyle(one);
  const bar = style.borderInlineStartColor === getComputedStyle(document.body).backgroundColor
    || style.borderInlineStartColor === "rgba(0, 0, 0, 0)"
    || style.borderInlineStartColor === getComputedStyle(document.documentElement).backgroundColor;
  return [one.className.split("--")[1].split(" ")[0], !bar];
}))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["active", "none"])
def test_only_what_changed_has_a_bar(visit: Visits, changed: str, forced: str, scheme: str) -> None:
    page = visit(forced_colors=forced, color_scheme=scheme)
    page.goto(f"{changed}versions/3/changes/")
    bars = page.evaluate(BARS)
    assert bars.pop("same") is False
    assert set(bars.values()) == {True}


def covered(page: Page) -> float:
    """Return which part of the screen the number takes while the text above it is read."""
    share: float = page.evaluate(
        "() => { const box = document.querySelector('.tally').getBoundingClientRect();"
        " return Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0))"
        " / innerHeight; }"
    )
    return share


@pytest.mark.parametrize(
    ("width", "height", "most"),
    [(360, 320, 0.0), (640, 360, 0.0), (800, 500, 0.0), (360, 640, 0.25), (820, 1180, 0.2)],
)
def test_the_number_leaves_room_for_the_text(
    visit: Visits, site: LiveSite, width: int, height: int, most: float
) -> None:
    page = visit(viewport={"width": width, "height": height})
    page.goto("/open-ai-openness/")
    assert covered(page) <= most
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#sign").scroll_into_view_if_needed()


def test_lines_stay_on_a_page_and_in_what_changed(visit: Visits, site: LiveSite) -> None:
    slug = "a-letter-with-an-address"
    texts = [
        f"To the parliament\nSquare 1\n12345 City\n\n{name}\nChair" for name in ("Suzie", "Sam")
    ]
    site.make_letter(slug, changes=[(text, text) for text in texts])
    page = visit()
    page.goto(f"/{slug}/")
    assert page.locator(".letter__text").inner_text().split("\n")[:3] == [
        "To the parliament",
        "Square 1",
        "12345 City",
    ]
    page.goto(f"/{slug}/versions/3/changes/")
    lines = page.locator(".changes__block--same").last.inner_text().split("\n")
    assert lines == ["To the parliament", "Square 1", "12345 City"]
