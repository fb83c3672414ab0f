"""A site per module, for tests that break it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.site import LiveSite, live_site


@pytest.fixture(scope="module")
def site() -> Iterator[LiveSite]:
    with live_site(WEB_PROCESSES="1") as site:
        yield site
