"""A site per module, for tests that break it, and what of it they break."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from runner.child import Child
from runner.servers.valkey import Valkey
from tests.live.site import LiveSite, live_site
from tests.processes.relay import Relay, running_relay


@pytest.fixture(scope="module")
def site() -> Iterator[LiveSite]:
    with live_site(WEB_PROCESSES="1") as site:
        yield site


@pytest.fixture
def valkey(site: LiveSite) -> Iterator[Valkey]:
    """Valkey, which is there again after the test whatever the test did."""
    server = site.site.servers.valkey
    assert server is not None
    yield server
    if server.pid:
        os.kill(server.pid, signal.SIGCONT)
    server.start()


@pytest.fixture
def beat(site: LiveSite) -> Iterator[Child]:
    yield site.site.children["beat"]
    site.site.children["beat"].start()


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """A mail server that does what a test wants; a site sends to it whose settings name it."""
    with running_relay(tmp_path_factory.mktemp("relay")) as relay:
        yield relay
