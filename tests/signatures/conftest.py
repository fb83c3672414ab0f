"""Where people sign from."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def behind_one_proxy(settings: Any) -> None:
    """Believe the X-Forwarded-For by which a test says where somebody is."""
    settings.TRUSTED_PROXIES = 1
