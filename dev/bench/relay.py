"""A mail relay that takes everything: `python -m dev.bench.relay --port N --delay 0.010`.

As fast as one process of Python can be; or one that works `--delay` seconds on each command, one
after the other; or one whose answers travel `--away` seconds, also together. Keeps nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from typing import TYPE_CHECKING

from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = b"\r\n.\r\n"


class Conversation(asyncio.Protocol):
    """One connection: answers each command in its turn."""

    def __init__(self, *, delay: float, away: float) -> None:
        self._delay = delay
        self._away = away
        self._received = b""
        self._takes_text = False
        self._transport: asyncio.Transport | None = None
        self._free_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._say(b"220 relay ESMTP\r\n")

    def data_received(self, received: bytes) -> None:
        self._received += received
        for answer in self._answers():
            self._say(answer)

    def _answers(self) -> Iterator[bytes]:
        while True:
            if self._takes_text:
                _text, end, rest = self._received.partition(_END)
                if not end:
                    return
                self._takes_text, self._received = False, rest
                yield b"250 taken\r\n"
                continue
            line, end, rest = self._received.partition(b"\r\n")
            if not end:
                return
            self._received = rest
            yield self._to_command(line[:4].upper())

    def _to_command(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-relay\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb == b"DATA":
            self._takes_text = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n"

    def _say(self, answer: bytes) -> None:
        if not self._delay and not self._away:
            self._write(answer)
            return
        loop = asyncio.get_running_loop()
        self._free_at = max(self._free_at, loop.time()) + self._delay
        loop.call_at(self._free_at + self._away, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)
            if answer.startswith(b"221"):
                self._transport.close()


async def serve(port: int, *, delay: float, away: float) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(
        lambda: Conversation(delay=delay, away=away), "127.0.0.1", port
    )
    async with server:
        say("ready")
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--away", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(serve(given.port, delay=given.delay, away=given.away))
