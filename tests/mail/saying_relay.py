"""A mail server that says what a test tells it to, and keeps nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runner.environment import free_port
from runner.servers.pipelining import OffersPipelining
from tests.live.waiting import PATIENCE


class SayingRelay(OffersPipelining):
    """Answers a command with what is next in its queue, and with yes when that is empty."""

    def __init__(self, *, pipelining: bool) -> None:
        self.offers_pipelining = pipelining
        self.port = free_port()
        self.says: dict[str, deque[str]] = defaultdict(deque)  # "MAIL", "RCPT", "DATA"
        self.asked: list[str] = []  # the recipients, whatever was answered
        self.taken: list[str] = []
        self.pause = 0.0  # seconds before it answers a text
        self.breaks = 0  # how many texts it answers by hanging up

    def say(self, command: str, *answers: str) -> None:
        self.says[command].extend(answers)

    def _answer(self, command: str) -> str:
        waiting = self.says[command]
        return waiting.popleft() if waiting else "250 OK"

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        answer = self._answer("MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        self.asked.append(address)
        answer = self._answer("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self._answer("DATA")
        await asyncio.sleep(self.pause)
        if self.breaks and isinstance(server.transport, asyncio.Transport):
            self.breaks -= 1
            server.transport.abort()
        elif answer.startswith("250"):
            self.taken += envelope.rcpt_tos
        return answer


@contextmanager
def saying_relay(*, pipelining: bool) -> Iterator[SayingRelay]:
    relay = SayingRelay(pipelining=pipelining)
    controller = Controller(
        relay,
        hostname="127.0.0.1",
        port=relay.port,
        server_hostname="localhost",
        ready_timeout=PATIENCE,
    )
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()
