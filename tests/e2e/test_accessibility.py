"""axe looks at every kind of page, in both languages, by day and by night, and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.e2e.steps import PREFIXES, findings, my_link, signed_before_it_changed
from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e

Addresses = dict[str, str]


@pytest.fixture(scope="module", params=PREFIXES)
def prefix(request: pytest.FixtureRequest) -> str:
    return PREFIXES[request.param]


@pytest.fixture(scope="module")
def addresses(site: LiveSite, prefix: str, changed: str) -> Addresses:
    """Return where one signer's pages are, and the public ones."""
    person = somebody()
    inbox = site.sign(person, prefix=prefix)
    thanks = site.confirm(site.mail_to(person))
    mine = my_link(site, person)
    slug = f"a-letter-that-moved-on{prefix.replace('/', '-')}"
    _person, outdated = signed_before_it_changed(site, slug, prefix=prefix)
    waiting = site.signed_mail(somebody(), prefix=prefix)
    return {
        "home": f"{prefix}/",
        "letter": f"{prefix}/{DEMO}/",
        "form": f"{prefix}/{DEMO}/sign/",
        "signatories": f"{prefix}/{DEMO}/signatures/",
        "inbox": inbox,
        "form again": inbox.replace("/inbox/", "/form/"),
        "confirm": waiting.link,
        "signed": thanks,
        "my signature": mine,
        "my signature, newer text": outdated,
        "correct": f"{mine}correct/",
        "withdraw": f"{mine}withdraw/",
        "erase": f"{mine}erase/",
        "privacy": f"{prefix}/{DEMO}/privacy/",
        "send my link": f"{prefix}/{DEMO}/my-signature/",
        "withdrawn": f"{prefix}/s/done/withdrawn/",
        "notice": f"{prefix}/s/unknown/confirm/",
        "missing page": f"{prefix}/no-such-letter/",
        "versions": f"{prefix}{changed}versions/",
        "numbers": f"{prefix}{changed}numbers/",
        "old version": f"{prefix}{changed}versions/1/",
        "changes": f"{prefix}{changed}versions/3/changes/",
    }


def _form_error(page: Page) -> None:
    steps.send(page)
    page.locator(".error-summary").wait_for()


def _mistyped_address(page: Page) -> None:
    page.locator("#id_email").fill("suzie@gmial.com")
    page.keyboard.press("Tab")
    page.locator("[data-did-you-mean-use]").wait_for()


def _question_about_address(page: Page) -> None:
    page.locator("#id_email").fill("suzie@gmial.com")
    page.keyboard.press("Enter")
    page.locator("button[name=email_instead]").wait_for()


def _wrong_code(page: Page) -> None:
    steps.type_code(page, "000000")
    page.locator("[role=alert]").wait_for()


def _unfolded(page: Page) -> None:
    page.locator(".changes summary").click()
    page.locator(".changes details p").first.wait_for()


def _wrong_name(page: Page) -> None:
    page.locator("#id_name").fill("")
    page.locator("form[action$='/correct/'] button[type=submit]").click()
    page.locator(".error-summary").wait_for()


def _nothing(page: Page) -> None:
    pass


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    **{
        name: (name, _nothing)
        for name in (
            *("home", "letter", "form", "signatories", "inbox", "confirm", "signed", "notice"),
            *("missing page", "my signature", "correct", "withdraw", "erase", "privacy"),
            *("send my link", "withdrawn", "versions", "old version", "numbers"),
            "my signature, newer text",
        )
    },
    "correct, wrong": ("correct", _wrong_name),
    "form error": ("form", _form_error),
    "mistyped address": ("letter", _mistyped_address),
    "question about address": ("form", _question_about_address),
    "wrong code": ("inbox", _wrong_code),
    "changes": ("changes", _unfolded),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Visits, addresses: Addresses, name: str) -> None:
    page = visit(color_scheme="light")
    address, act = PAGES[name]
    page.goto(addresses[address])
    act(page)
    by_day = findings(page)
    page.emulate_media(color_scheme="dark")
    by_night = findings(page)
    page.set_viewport_size({"width": 360, "height": 780})
    on_a_phone = findings(page)
    assert not by_day + by_night + on_a_phone, "\n".join(by_day + by_night + on_a_phone)


def test_axe_finds_a_fault_where_there_is_one(visit: Visits) -> None:
    page = visit()
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any(finding.startswith("critical button-name") for finding in findings(page))
