"""The way into the admin, with a second factor."""

from __future__ import annotations

import base64
import hmac
import struct
import time

from playwright.sync_api import Page, StorageState, expect

from tests.e2e.conftest import Visits
from tests.live.site import LiveSite


class AuthenticatorApp:
    """Shows codes (RFC 6238). A code is good once, so who needs another is shown the next one."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self._shown = 0

    def code(self) -> str:
        self._shown = max(int(time.time()) // 30, self._shown + 1)
        digest = hmac.digest(self._key, struct.pack(">Q", self._shown), "sha1")
        (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
        return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


class Desk:
    """The way into the admin. Whoever comes second finds the browser logged in."""

    def __init__(self, site: LiveSite, *, address: str = "") -> None:
        self._address = address  # where another one than the browser's is meant
        admin = site.site.prepared.admin
        assert admin, "prepare made no administrator"
        self._email, self._password = admin
        self._state: StorageState | None = None
        self._app: AuthenticatorApp | None = None

    def open(self, visit: Visits) -> Page:
        if self._state is not None:
            page = visit(staff=True, storage_state=self._state)
            page.goto(f"{self._address}/admin/")
            return page
        page = visit(staff=True)
        self._log_in(page)
        self._state = page.context.storage_state()
        return page

    def _log_in(self, page: Page) -> None:
        """Come with a password only; the site asks for it again and for a second factor."""
        page.goto(f"{self._address}/admin/")
        self.type_password(page)
        page.locator("form[action*='reauthenticate'] [name=password]").fill(self._password)
        page.locator("form[action*='reauthenticate'] [name=password]").press("Enter")
        self._app = AuthenticatorApp(page.locator("#authenticator_secret").input_value())
        page.locator("[name=code]").fill(self._app.code())
        page.locator("[name=code]").press("Enter")
        expect(page.locator("textarea#recovery_codes")).to_be_visible()
        page.goto(f"{self._address}/admin/")

    def type_password(self, page: Page) -> None:
        page.locator("[name=login]").fill(self._email)
        page.locator("[name=password]").fill(self._password)
        page.locator("[name=password]").press("Enter")

    def type_code(self, page: Page, typed: str = "") -> str:
        """Type what the app shows, or something else; return it."""
        assert self._app, "nobody has set the second factor up yet"
        typed = typed or self._app.code()
        page.locator("[name=code]").fill(typed)
        page.locator("[name=code]").press("Enter")
        return typed
