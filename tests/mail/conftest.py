"""The tests' mail server, and a relay that no test before has found wanting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from openletter.mail import delivery

SMTP = "django.core.mail.backends.smtp.EmailBackend"


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
