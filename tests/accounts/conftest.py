"""What the tests of accounts share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.cache import caches

from runner.servers.valkey import Valkey
from runner.throwaway import ThrowawayFolder
from tests.accounts.steps import Clock, cache_at


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash passwords the quick way: these tests are not about guessing them from a dump."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that stands still until the test lets it pass."""
    return Clock(monkeypatch)


@pytest.fixture
def valkey(settings: Any) -> Iterator[Valkey]:
    """A Valkey for one test, which may stop or kill it."""
    folder = ThrowawayFolder()
    server = Valkey(folder.path / "valkey", log=folder.path / "valkey.log", throwaway=True)
    server.start()
    settings.CACHES = cache_at(settings, server.url())
    yield server
    caches["default"].close()
    if server.pid:
        with suppress(ProcessLookupError):
            os.kill(server.pid, signal.SIGCONT)  # else it would not hear that it should end
    server.stop()
    folder.remove()
