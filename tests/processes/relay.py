"""A mail server that can be told to be slow, or to say nothing at the worst moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runner.environment import free_port
from runner.servers.mailcatcher import Mailbox
from runner.servers.pipelining import OffersPipelining
from tests.live.waiting import PATIENCE
from tests.processes.network import Machine

# Less than the ten seconds after which the site gives up on a relay.
LONGEST_SILENCE = 8.0


class Relay(OffersPipelining):
    """Keeps each mail as a file, then answers; or not, if it was told so."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.host = host
        self.pause = 0.0  # seconds before each answer
        self.is_mute = False  # takes connections and says nothing on them
        self.port = free_port()
        self._mailbox = Mailbox(folder)
        self._taken = 0
        self._silent_at = 0
        self._hang_up_at = 0
        self._silent = threading.Event()
        self._speak = threading.Event()

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def fall_silent_at(self, number: int) -> None:
        """Take this many mails from now on, and do not answer for the last of them."""
        self._silent.clear()
        self._speak.clear()
        self._silent_at = self._taken + number

    def wait_until_silent(self) -> None:
        """Come back when a mail was taken whose sender waits for the answer."""
        assert self._silent.wait(PATIENCE), "the relay got too few mails"

    def speak(self) -> None:
        self._speak.set()

    def hang_up_at(self, number: int) -> None:
        """Take this many mails from now on, and end the connection without a word at the last."""
        self._hang_up_at = self._taken + number

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}>: no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        self._mailbox.store(
            envelope.original_content or b"",
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
        )
        self._taken += 1
        await asyncio.sleep(self.pause)
        if self._taken == self._hang_up_at and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if self._taken == self._silent_at:
            self._silent.set()
            await asyncio.to_thread(self._speak.wait, LONGEST_SILENCE)
        return "250 Kept"


class _Door(Controller):
    """Lets connections in, to a relay or to nobody."""

    def factory(self) -> Any:
        """Return what speaks on a new connection; it needs to be no more than asyncio asks for."""
        return asyncio.Protocol() if self.handler.is_mute else super().factory()  # type: ignore[no-untyped-call]


@contextmanager
def running_relay(folder: Path, machine: Machine | None = None) -> Iterator[Relay]:
    """Run a relay; on another machine, if one is named."""
    relay = Relay(folder, machine.address) if machine else Relay(folder)
    controller = _Door(
        relay,
        hostname=relay.host,
        port=relay.port,
        server_hostname="localhost",
        ready_timeout=PATIENCE,
    )
    start: Callable[[], None] = controller.start
    machine.there(start) if machine else start()
    try:
        yield relay
    finally:
        relay.speak()
        controller.stop()
