"""The mails that ./run's mail catcher keeps in development, one file each.

They stand for the inboxes of people who do not exist. A real site has none of them.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Collection
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

_FILE_NAME = re.compile(r"[\w.-]+\.eml\Z")


@dataclass(frozen=True)
class CaughtMail:
    """One mail as somebody's mail program would show it."""

    file_name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def recipient(self) -> str:
        return str(self.message["To"])

    @property
    def sent_at(self) -> str:
        return str(self.message["Date"])

    def part(self, kind: str) -> str:
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body else ""

    @property
    def text(self) -> str:
        return self.part("plain")


def newest(most: int) -> list[CaughtMail]:
    """Return the newest mails; none where there is no mail catcher."""
    return [_read(file) for file in _files()[:most]]


def find(name: str) -> CaughtMail | None:
    """Return the mail in a file of this name; None for any other name, such as a path."""
    if not settings.MAILBOX_DIR or not _FILE_NAME.match(name):
        return None
    file = Path(settings.MAILBOX_DIR) / name
    return _read(file) if file.is_file() else None


def forget(addresses: Collection[str]) -> None:
    """Delete the mails to these addresses, as their owners would when they want no trace left."""
    wanted = {address.lower() for address in addresses}
    for file in _files() if wanted else ():
        try:
            head = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        except OSError:  # the catcher deleted it meanwhile
            continue
        if str(head["X-Envelope-To"] or "").lower() in wanted:
            file.unlink(missing_ok=True)


def _files() -> list[Path]:
    if not settings.MAILBOX_DIR:
        return []
    return sorted(Path(settings.MAILBOX_DIR).glob("*.eml"), reverse=True)


def _read(file: Path) -> CaughtMail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return CaughtMail(file.name, message)
