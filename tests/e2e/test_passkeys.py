"""Passkeys of staff in a real browser, whose authenticator is a virtual one."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.conftest import Visits
from tests.e2e.desk import Desk
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

FACTORS = "/accounts/2fa/"
ADD = "/accounts/2fa/passkeys/add/"
LOGIN = "/accounts/login/"


class Device:
    """What holds passkeys; its owner is there and says yes, or does not."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    def verifies(self, verified: bool) -> None:
        asked = {"authenticatorId": self._id, "isUserVerified": verified}
        self._session.send("WebAuthn.setUserVerified", asked)

    def passkeys(self) -> list[dict[str, Any]]:
        asked = {"authenticatorId": self._id}
        return list(self._session.send("WebAuthn.getCredentials", asked)["credentials"])


@pytest.fixture
def by_name(site: LiveSite) -> str:
    """The site by its name: browsers make no passkey for a number."""
    return site.address.replace("127.0.0.1", "localhost")


def press(page: Page, action: str) -> None:
    page.locator(f"form[action='{action}'][data-passkey] button[type=submit]").click()


def test_a_passkey_is_added_logs_in_and_is_removed(
    visit: Visits, site: LiveSite, by_name: str
) -> None:
    desk = Desk(site, address=by_name)
    page = desk.open(visit)
    visit.watch_of(page).expected.append(f"request to another place: {by_name}/")
    device = Device(page)
    page.goto(f"{by_name}{ADD}")
    page.locator("[name=name]").fill("blue key")
    device.verifies(False)
    press(page, ADD)
    expect(page.locator("[data-when=cancelled]")).to_be_visible()
    assert device.passkeys() == []
    device.verifies(True)
    press(page, ADD)
    page.wait_for_url(f"{by_name}{FACTORS}")
    expect(page.get_by_text("blue key")).to_be_visible()
    (passkey,) = device.passkeys()
    assert (passkey["rpId"], passkey["isResidentCredential"]) == ("localhost", True)

    page.context.clear_cookies()
    page.goto(f"{by_name}{LOGIN}")
    press(page, "/accounts/2fa/passkeys/login/")
    page.wait_for_url(f"{by_name}/admin/")

    page.context.clear_cookies()
    page.goto(f"{by_name}{LOGIN}")
    desk.type_password(page)
    press(page, "/accounts/2fa/authenticate/")
    page.wait_for_url(f"{by_name}/admin/")

    page.goto(f"{by_name}{FACTORS}")
    page.get_by_role("link", name="Remove blue key").click()
    if page.locator("form[data-passkey]").count():
        press(page, "/accounts/2fa/passkeys/reauthenticate/")
    page.locator(".button--danger").click()
    expect(page.get_by_text("The passkey was removed.")).to_be_visible()
    expect(page.get_by_text("blue key")).to_have_count(0)

    page.context.clear_cookies()
    page.goto(f"{by_name}{LOGIN}")
    press(page, "/accounts/2fa/passkeys/login/")
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()
