"""axe looks at all of the desk: in English by day on a desk, in German by night on a phone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.accounts.desk_addresses import DESK
from tests.accounts.desk_samples import address
from tests.e2e.conftest import Visits
from tests.e2e.desk import Desk
from tests.e2e.steps import findings
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e
DAY: dict[str, Any] = {"locale": "en", "color_scheme": "light"}
NIGHT: dict[str, Any] = {
    "locale": "de",
    "color_scheme": "dark",
    "viewport": {"width": 360, "height": 780},
}
_SAMPLES = """
import json
from openletter.letters.models import Letter
from tests.accounts.desk_samples import make_samples
from tests.claims.steps import appealed, claimed, removed
from tests.factories import make_held, make_moderator, make_published, make_signature
from openletter.statistics.models import HourCount, OpenedCount
from django.utils import timezone
samples = make_samples(slug="a-letter-with-everything")
letter = Letter.objects.get(pk=samples["letters/letter"])
make_held(letter, name="Hilda Held", held_because="burst", flags=["burst", "disposable"])
make_signature(letter)
claimed(make_published(letter))
appealed(removed(letter, make_moderator("rosa@example.org")))
hour = timezone.now().replace(minute=0, second=0, microsecond=0)
HourCount.objects.get_or_create(letter=letter, hour=hour, defaults=dict(signed=3, confirmed=2))
OpenedCount.objects.create(letter=letter, hour=hour, domain="gmail.com", opened=3, pressed=1)
with open({path!r}, "w") as file:
    json.dump(samples, file, default=str)
"""
# What is no page of its own.
NO_PAGES = {
    "jsi18n/",
    "autocomplete/",
    "mailings/mailing/<int:pk>/progress/",
    "sweeps/sweep/<int:pk>/progress/",
}


def _pages() -> dict[str, list[str]]:
    """Return the addresses at which there is something to see, by the part of the desk."""
    found: dict[str, list[str]] = defaultdict(list)
    for route, doors in DESK.items():
        if route not in NO_PAGES and any(
            door.method == "get" and 200 in door.let_in and not door.is_shut for door in doors
        ):
            found["/".join(route.split("/")[:2])].append(route)
    return found


PAGES = _pages()


@pytest.fixture(scope="module")
def desk(site: LiveSite) -> Desk:
    return Desk(site)


@pytest.fixture(scope="module")
def samples(site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path: Path = tmp_path_factory.mktemp("desk") / "samples.json"
    site.manage_shell(_SAMPLES.format(path=str(path)))
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def looks(visit: Visits, desk: Desk) -> list[Page]:
    """Return a browser of a desk and one of a phone, both logged in; axe itself writes styles."""
    state = desk.open(visit).context.storage_state()
    options: dict[str, Any] = {"staff": True, "storage_state": state, "bypass_csp": True}
    return [visit(**options, **look) for look in (DAY, NIGHT)]


def expect_nothing(page: Page) -> None:
    assert findings(page, preload=False) == []
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("part", PAGES)
def test_axe_finds_nothing_at_the_desk(
    visit: Visits, desk: Desk, samples: dict[str, Any], part: str, subtests: pytest.Subtests
) -> None:
    for page in looks(visit, desk):
        for route in PAGES[part]:
            with subtests.test(route, look=page.evaluate("innerWidth")):
                answer = page.goto(address(route, samples))
                assert answer is not None
                assert answer.status == 200
                expect_nothing(page)


def _filtered(page: Page) -> None:
    page.goto("/admin/signatures/signature/?state__exact=held")
    page.locator(".filters[open]").wait_for()


def _wrong(page: Page) -> None:
    page.goto("/admin/letters/letter/add/")
    page.locator("[name=_save], [name=_act]").first.click()
    page.locator(".errornote").wait_for()


def _asked(page: Page) -> None:
    page.goto("/admin/signatures/signature/?state__exact=held")
    page.locator("#result_list input[name=_selected_action]").first.check()
    page.locator("select[name=action]").select_option("removed")
    page.locator("#changelist-form button[name=index]").click()
    page.locator("#id_reason").wait_for()


def _unfolded(page: Page) -> None:
    page.goto("/admin/letters/letter/")
    page.locator("#result_list tbody th a").first.click()
    page.goto(page.url.replace("change/", "trends/"))
    for summary in page.locator("summary").all():
        summary.click()


ACTS: dict[str, Callable[[Page], None]] = {
    "a filtered list": _filtered,
    "a form with errors": _wrong,
    "a decision before it is made": _asked,
    "trends as tables": _unfolded,
}


@pytest.mark.parametrize("name", ACTS)
def test_axe_finds_nothing_in_what_somebody_did(
    visit: Visits, desk: Desk, samples: dict[str, Any], name: str
) -> None:
    for page in looks(visit, desk):
        ACTS[name](page)
        expect_nothing(page)
