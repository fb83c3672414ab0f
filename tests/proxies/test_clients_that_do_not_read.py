"""T36: clients that ask and never read lose their connections, however little they do."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.live.site import LiveSite
from tests.live.waiting import until
from tests.proxies.door import ELSEWHERE, Door

pytestmark = pytest.mark.processes
CLIENTS = 6
PIPELINED = 300
# Twice what a connection may hold, as Linux counts it, and room for how it counts.
MOST_UNREAD_BYTES = 512 * 1024


def unread_of(site_port: int, client: socket.socket) -> int | None:
    """Return how many bytes the site's side still owes a client; nothing when it is closed."""
    addresses = (f"{site_port:04X}", f"{client.getsockname()[1]:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _number, here, there, state, queues, *_ = line.split()
        if (here[-4:], there[-4:]) == addresses and state == "01":
            return int(queues.partition(":")[0], 16)
    return None


def is_closed(site_port: int, client: socket.socket) -> bool:
    return unread_of(site_port, client) is None


def test_t36_who_never_reads_is_let_go(site: LiveSite, straight: Door) -> None:
    static = site.site.environment.var / "static"
    largest = max(static.rglob("*.js"), key=lambda path: path.stat().st_size)
    ask = straight.head(f"GET /{largest.relative_to(static.parent)}")
    with ExitStack() as stack:
        clients = [
            stack.enter_context(straight.connect(ELSEWHERE, buffer=4096)) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.settimeout(0.2)
            with suppress(OSError):  # once nobody takes more of it
                client.sendall(ask * PIPELINED)
        for client in clients:
            owed = until(partial(unread_of, straight.port, client), "an answer that is not read")
            assert owed in range(MOST_UNREAD_BYTES + 1)
        for client in clients:
            until(partial(is_closed, straight.port, client), "a connection that is closed")
