"""What somebody does who logs in, and what a stranger tries."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal import auth
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from tests.factories import TOTP_SECRET, make_moderator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
AGAIN = "/accounts/reauthenticate/"
CODE_AGAIN = "/accounts/2fa/reauthenticate/"
SET_UP = "/accounts/2fa/totp/activate/"
REMOVE = "/accounts/2fa/totp/deactivate/"
CHANGE = "/accounts/password/change/"
RESET = "/accounts/password/reset/"
LIST = "/admin/signatures/signature/"
PASSWORD = "a-password-for-tests"
SAM = "sam@example.org"
# Networks that are nobody's (RFC 5737).
HOME, OFFICE, OUTSIDE = "192.0.2.1", "198.51.100.1", "203.0.113.1"


class Clock:
    """The time of the site and of the authenticator app."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now: datetime = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: self.now.timestamp()))

    def let_pass(self, **span: float) -> None:
        self.now += timedelta(**span)


def cache_at(settings: Any, url: str) -> dict[str, Any]:
    """Return the site's caches with another server."""
    return {alias: {**cache, "LOCATION": url} for alias, cache in settings.CACHES.items()}


def make_owner(email: str = SAM, **fields: Any) -> User:
    """Make a superuser with a password, and with a second factor unless it is switched off."""
    owner = make_moderator(email, **fields)
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def browser(network: str = HOME) -> Client:
    return Client(REMOTE_ADDR=network)


def type_password(client: Client, password: str = PASSWORD, *, email: str = SAM) -> bool:
    """Send the login form; say whether the password was taken."""
    return bool(client.post(LOGIN, {"login": email, "password": password}).status_code == 302)


def code(at: Clock | None = None, *, steps: int = 0, secret: str = TOTP_SECRET) -> str:
    """Return what an authenticator app shows, now or so many half minutes later."""
    now = at.now.timestamp() if at else time.time()
    return str(auth.format_hotp_value(auth.hotp_value(secret, int(now) // 30 + steps)))


def wrong_code(clock: Clock) -> str:
    right = {code(clock, steps=steps) for steps in (-1, 0, 1)}
    return next(typed for typed in ("000000", "111111", "222222", "333333") if typed not in right)


def type_code(client: Client, typed: str) -> bool:
    """Send the second step of a login; say whether the code was taken."""
    return bool(client.post(CODE, {"code": typed}).status_code == 302)


def log_in(clock: Clock, *, network: str = HOME) -> Client:
    """Log in with password and code; the code is used up."""
    client = browser(network)
    assert type_password(client)
    assert type_code(client, code(clock))
    return client


def is_in(client: Client) -> bool:
    """Say whether somebody has entered the admin."""
    return bool(client.get(LIST).status_code == 200)


def at_once(acts: Sequence[Callable[[], bool]]) -> list[bool]:
    """Do things in threads of their own that begin at the same moment."""
    start = Barrier(len(acts))

    def do(act: Callable[[], bool]) -> bool:
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


def rights(*names: str) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=names))


def make_account(email: str, *held: str, **fields: Any) -> User:
    fields = {"is_staff": True, "is_superuser": False, "second_factor": False, **fields}
    user = make_moderator(email, **fields)
    user.user_permissions.set(rights(*held))
    return user


def make_helper() -> User:
    """Staff who may do everything with users, groups and second factors that rights can allow."""
    kinds = ("user", "group", "authenticator", "permission", "emailaddress")
    held = [f"{act}_{kind}" for act in ("add", "change", "delete", "view") for kind in kinds]
    return make_account("helper@example.org", *held, second_factor=True)
