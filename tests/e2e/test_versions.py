"""Somebody who signed long ago finds out what changed in the letter since."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visits

pytestmark = pytest.mark.e2e


def test_a_reader_finds_what_changed_and_the_text_as_it_was(visit: Visits, changed: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(changed)
    page.locator(".colophon a[href$='/versions/3/changes/']").press("Enter")
    expect(page.locator(".changes del").first).to_have_text("removed: please.")
    expect(page.locator(".changes ins").first).to_have_text("added: we beg.")
    folded = page.locator(".changes details p").first
    expect(folded).not_to_be_visible()
    page.locator(".changes summary").press("Enter")
    expect(folded).to_be_visible()
    page.locator(".ways-on a[href$='/versions/']").press("Enter")
    expect(page.locator(".version-entry")).to_have_count(3)
    page.locator(".version-entry a[href$='/versions/1/']").press("Enter")
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator(".letter__text p").last).to_have_text("listen.")
    page.locator(f".notice a[href='{changed}']").press("Enter")
    expect(page.locator(".letter__text")).to_contain_text("we beg")


@pytest.mark.parametrize("address", ["versions/", "versions/1/", "versions/3/changes/"])
@pytest.mark.parametrize("prefix", ["", "/de"])
def test_the_pages_fit_a_narrow_screen(
    visit: Visits, changed: str, prefix: str, address: str
) -> None:
    page = visit(viewport={"width": 320, "height": 640})
    page.goto(f"{prefix}{changed}{address}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
