"""A mail server that keeps what it gets as files.

    python -m runner.servers.mailcatcher --folder FOLDER

Prints its port when it is ready. Listens on 127.0.0.1 only and sends nothing on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

from runner.errors import CommandError, leave
from runner.servers.mailserver import GREETING
from runner.servers.pipelining import OffersPipelining
from runner.terminal import say

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

KEEP = 1000


class Mailbox:
    """A folder of *.eml files whose names sort by the time they came."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._known = len(self._names())

    def store(self, message: bytes, *, sender: str, recipients: list[str]) -> None:
        """Write one mail so that a reader sees all of it or nothing."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
        header = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        unfinished = self._folder / f".{name}.unfinished"
        unfinished.write_bytes(header.encode() + message)
        unfinished.rename(self._folder / name)
        self._known += 1
        if self._known > KEEP * 1.05:  # not for each mail: looking costs time
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        names = self._names()
        for name in names[:-KEEP]:
            (self._folder / name).unlink(missing_ok=True)
        self._known = min(len(names), KEEP)

    def _names(self) -> list[str]:
        return sorted(name for name in os.listdir(self._folder) if name.endswith(".eml"))


class Handler(OffersPipelining):
    """What aiosmtpd calls for each message."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        try:
            self._mailbox.store(
                envelope.original_content or b"",
                sender=envelope.mail_from or "",
                recipients=list(envelope.rcpt_tos),
            )
        except OSError as error:
            return f"452 Not stored: {error.strerror}"
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    """Answer until asked to stop."""
    handler = Handler(Mailbox(folder))
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def session() -> SMTP:
        # Without a name it would ask the resolver for ours, which may take seconds.
        return SMTP(handler, hostname="localhost", ident=GREETING, enable_SMTPUTF8=True, loop=loop)

    try:
        server = await loop.create_server(session, "127.0.0.1", port, backlog=1024)
    except OSError as error:
        raise CommandError(f"The mail catcher cannot use port {port}: {error.strerror}.") from None
    say(str(server.sockets[0].getsockname()[1]))
    await stop.wait()
    server.close()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m runner.servers.mailcatcher", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.port, chosen.folder))
    return 0


if __name__ == "__main__":
    leave(main)
