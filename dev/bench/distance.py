"""A server that is further away: `python -m dev.bench.distance --port N --to FILE --seconds 0.001`.

Hands on what it gets; each piece that clients send travels `--seconds`, answers come back at once.
So a question and its answer take that much longer, as on a network of that round trip.
"""

from __future__ import annotations

import argparse
import asyncio
import selectors
import signal
from collections import deque
from typing import TYPE_CHECKING

from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable


class Way(asyncio.Protocol):
    """One direction of a connection: hands on what is received, after so many seconds."""

    def __init__(self, seconds: float, begin: Callable[[Way], None] | None = None) -> None:
        self.other: Way | None = None
        self.transport: asyncio.Transport | None = None
        self._seconds = seconds
        self._begin = begin
        self._early: deque[bytes] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
        if self._begin is not None:
            self._begin(self)

    def join(self, other: Way) -> None:
        """Hand on to there from now on, first what came before."""
        self.other = other
        while self._early:
            self._hand_on(self._early.popleft())

    def data_received(self, received: bytes) -> None:
        if self.other is None:
            self._early.append(received)
        elif self._seconds:
            asyncio.get_running_loop().call_later(self._seconds, self._hand_on, received)
        else:
            self._hand_on(received)

    def connection_lost(self, _problem: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()

    def _hand_on(self, received: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(received)


async def serve(port: int, *, to: str, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    under_way: set[asyncio.Task[None]] = set()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def connect(client: Way) -> None:
        server = Way(0.0)
        await loop.create_unix_connection(lambda: server, to)
        server.join(client)
        client.join(server)

    def begin(client: Way) -> None:
        task = loop.create_task(connect(client))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    listening = await loop.create_server(lambda: Way(seconds, begin), "127.0.0.1", port)
    async with listening:
        say("ready")
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    # epoll rounds each wait up to whole milliseconds, select does not.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(serve(given.port, to=given.to, seconds=given.seconds))


if __name__ == "__main__":
    main()
