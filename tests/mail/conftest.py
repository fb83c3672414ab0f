"""Relays that say what a test wants, and one that no test before has found wanting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery
from tests.conftest import SMTP
from tests.mail.outgoing import REPORTED, sent
from tests.mail.saying_relay import SayingRelay, saying_relay


@pytest.fixture(autouse=True)
def _fresh_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process remembers whether the relay answered; a test begins anew."""
    monkeypatch.setattr(delivery, "relay", type(delivery.relay)())


@pytest.fixture
def mail(db: None) -> OutgoingMail:
    """The mail that the captured payloads are about."""
    return sent(pk=REPORTED)


@pytest.fixture(params=["in one breath", "one by one"])
def relay(settings: Any, request: pytest.FixtureRequest) -> Iterator[SayingRelay]:
    """Send to a mail server that says what the test wants, asked in either way."""
    settings.EMAIL_BACKEND = SMTP
    with saying_relay(pipelining=request.param == "in one breath") as relay:
        settings.EMAIL_PORT = relay.port
        yield relay
