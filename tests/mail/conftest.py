"""The tests' mail server, and a relay that no test before has found wanting."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openletter.mail.outbox import delivery
from tests.mail.saying_relay import SayingRelay, saying_relay

SMTP = "openletter.mail.transport.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def _fresh_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process remembers whether the relay answered; a test begins anew."""
    monkeypatch.setattr(delivery, "relay", type(delivery.relay)())


@pytest.fixture
def mailbox(settings: Any) -> Path:
    """Send to the tests' real SMTP server, and return the folder where it keeps what it got."""
    settings.EMAIL_BACKEND = SMTP
    folder = Path(os.environ["TEST_MAILBOX"])
    for file in folder.glob("*.eml"):
        file.unlink()
    return folder


@pytest.fixture(params=["in one breath", "one by one"])
def relay(settings: Any, request: pytest.FixtureRequest) -> Iterator[SayingRelay]:
    """Send to a mail server that says what the test wants, asked in either way."""
    settings.EMAIL_BACKEND = SMTP
    with saying_relay(pipelining=request.param == "in one breath") as relay:
        settings.EMAIL_PORT = relay.port
        yield relay
