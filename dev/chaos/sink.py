"""A mail server with the faults of the world's mail servers; its journal is the oracle.

The journal says what was accepted, whatever the site believes: one JSON line an event.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dev import traces
from runner.environment import free_port
from runner.servers.pipelining import OffersPipelining

_LINK = re.compile(r"https?://\S+/confirm/")
# Which share of all deliveries meets which fault.
_FULL = 0.005
_GREYLISTED = 0.10
_BUSY = 0.03
_SLOW = 0.02
_HANGS_UP = 0.03
_SLOW_SECONDS = 2.0
# One answer in so many seconds comes after the sender has given up (EMAIL_TIMEOUT).
_LATE_EVERY_SECONDS = 25.0
_LATE_SECONDS = 11.0


@dataclass(frozen=True)
class Accepted:
    """One copy of a mail that was taken, whatever the sender was told."""

    at: float
    recipient: str
    message_id: str
    link: str
    unanswered: bool  # the sender was not told, and has to send it again


class Sink(OffersPipelining):
    """Takes mail, refuses some, and remembers everything."""

    def __init__(self, journal: Path, *, seed: int) -> None:
        self.port = free_port()
        self.accepted: list[Accepted] = []
        self.refused_for_good: dict[str, int] = defaultdict(int)
        self._journal = journal
        self._chance = random.Random(seed)  # noqa: S311 - the same faults for the same seed
        self.tokens: set[str] = set()
        self.codes: set[str] = set()
        self._seen: set[str] = set()
        self._links: dict[str, str] = {}
        self._late_at = time.monotonic() + self._chance.uniform(5, _LATE_EVERY_SECONDS)
        self._lock = threading.Lock()
        self.is_calm = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def link_for(self, recipient: str) -> str | None:
        """Return the newest confirmation link that reached somebody."""
        with self._lock:
            return self._links.get(recipient)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if not self.is_calm and self._chance.random() < _FULL:
            self._note("full", "")
            return "421 4.3.2 too many connections"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address.startswith("hard"):
            self.refused_for_good[address] += 1
            self._note("refused", address)
            return f"550 5.1.1 <{address}>: no such user"
        if not self.is_calm:
            if address not in self._seen:
                self._seen.add(address)
                if self._chance.random() < _GREYLISTED:
                    self._note("greylisted", address)
                    return "451 4.7.1 greylisted, come back later"
            if self._chance.random() < _BUSY:
                self._note("busy", address)
                return "421 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        hangs_up = not self.is_calm and self._chance.random() < _HANGS_UP
        is_late = not self.is_calm and not hangs_up and time.monotonic() > self._late_at
        for recipient in envelope.rcpt_tos:
            content = envelope.original_content or b""
            self._take(recipient, content, unanswered=hangs_up or is_late)
        if hangs_up and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        elif is_late:
            self._late_at = time.monotonic() + _LATE_EVERY_SECONDS
            await asyncio.sleep(_LATE_SECONDS)
        elif not self.is_calm and self._chance.random() < _SLOW:
            await asyncio.sleep(_SLOW_SECONDS)
        return "250 taken"

    def _take(self, recipient: str, content: bytes, *, unanswered: bool) -> None:
        message = email.message_from_bytes(content, policy=email.policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        found = _LINK.search(text)
        link = found[0] if found else ""
        taken = Accepted(time.time(), recipient, str(message["Message-ID"]), link, unanswered)
        with self._lock:
            self.accepted.append(taken)
            self.tokens |= traces.tokens_in(text)
            self.codes |= traces.codes_in(text)
            if link:
                self._links[recipient] = link
        self._note("accepted, unanswered" if unanswered else "accepted", recipient)

    def _note(self, event: str, recipient: str) -> None:
        line = json.dumps({"at": time.time(), "event": event, "recipient": recipient})
        with self._lock, self._journal.open("a") as journal:
            journal.write(f"{line}\n")


@contextmanager
def running_sink(journal: Path, *, seed: int) -> Iterator[Sink]:
    sink = Sink(journal, seed=seed)
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, server_hostname="localhost")
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
