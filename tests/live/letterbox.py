"""What the mail catcher kept: the mails that really went through SMTP."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.live.people import Person
from tests.live.waiting import until

_LINK = re.compile(r"^https?://\S+/confirm/$", re.MULTILINE)
_CODE = re.compile(r"^\s+(\d{6})$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    message: EmailMessage

    @property
    def recipient(self) -> str:
        """The address that SMTP was told, whatever the header says."""
        return str(self.message["X-Envelope-To"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def language(self) -> str:
        return str(self.message["Content-Language"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def confirms(self) -> bool:
        """Whether it asks for a confirmation."""
        return _LINK.search(self.text) is not None

    @property
    def is_news(self) -> bool:
        """Whether nobody waits for it."""
        return str(self.message["Precedence"]) == "bulk"

    @property
    def link(self) -> str:
        found = _LINK.search(self.text)
        assert found, "there is no link to confirm in this mail"
        return found[0]

    @property
    def code(self) -> str:
        found = _CODE.search(self.text)
        assert found, "there is no code in this mail"
        return found[1]

    def _part(self, kind: str) -> str:
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class Letterbox:
    """The folder of the mail catcher, oldest mail first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Mail] = {}

    def mails(self) -> list[Mail]:
        for file in sorted(self._folder.glob("*.eml")):
            if file.name not in self._read:
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self._read[file.name] = Mail(message)
        return [self._read[name] for name in sorted(self._read)]

    def to(self, person: Person) -> list[Mail]:
        """Return all mails to somebody, however their address was written."""
        address = person.email.casefold()
        return [mail for mail in self.mails() if mail.recipient.casefold() == address]

    def wait_for(self, person: Person, *, number: int = 1) -> Mail:
        """Return somebody's first, second, … mail once it has come."""
        return until(lambda: self.to(person)[number - 1 :], f"mail {number} to {person.email}")[0]
