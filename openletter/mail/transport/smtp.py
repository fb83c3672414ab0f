"""Django's backend for SMTP, with two round trips a mail instead of four.

Where the relay offers it (RFC 2920, PIPELINING), the commands before the text leave together and
their answers are read one after the other: a relay 30 ms away then takes nearly twice as many mails
from each worker.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from django.core.mail.backends import smtp

if TYPE_CHECKING:
    from _typeshed import SizedBuffer

_Reply = tuple[int, bytes]


class PipeliningSMTP(smtplib.SMTP):
    """`smtplib.SMTP` that says sender, recipient and DATA in one breath."""

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: SizedBuffer | str,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, _Reply]:
        """Send as `smtplib` does, with the same errors; several recipients also at its pace."""
        self.ehlo_or_helo_if_needed()
        if (
            not self.has_extn("pipelining")
            or not isinstance(msg, bytes)
            or isinstance(to_addrs, str)
            or len(to_addrs) != 1
            or mail_options
            or rcpt_options
        ):
            return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        replies = self._converse(from_addr, to_addrs[0], msg)
        problem = _problem(replies, from_addr, to_addrs[0])
        if problem is None:
            return {}
        if replies[-1][0] == 421:  # it hangs up
            self.close()
        else:
            with suppress(smtplib.SMTPServerDisconnected):
                self.rset()
        raise problem

    def _converse(self, sender: str, recipient: str, text: bytes) -> list[_Reply]:
        """Return what was answered to MAIL, RCPT, DATA and the text, as far as it went."""
        self._ask(sender, recipient, len(text))
        replies: list[_Reply] = []
        try:
            while len(replies) < 3 and (not replies or replies[-1][0] != 421):
                replies.append(self.getreply())
            if replies[-1][0] == 354:
                # It waits for a text even if it took no recipient: then an empty one (RFC 2920).
                refused = _problem(replies, sender, recipient)
                self.send(b".\r\n" if refused else _ended(text))
                replies.append(self.getreply())
        except smtplib.SMTPServerDisconnected:
            if _problem(replies, sender, recipient) is None:  # else it has said enough
                raise
        return replies

    def _ask(self, sender: str, recipient: str, size: int) -> None:
        room = f" size={size}" if self.has_extn("size") else ""
        commands = [
            f"mail FROM:{smtplib.quoteaddr(sender)}{room}",
            f"rcpt TO:{smtplib.quoteaddr(recipient)}",
            "data",
        ]
        if any(sign in command for command in commands for sign in "\r\n"):
            raise ValueError("an address holds a line break")
        self.send("".join(f"{command}\r\n" for command in commands))


class PipeliningSSL(PipeliningSMTP, smtplib.SMTP_SSL):
    """The same on a connection that is encrypted from the first byte."""


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return PipeliningSSL if self.use_ssl else PipeliningSMTP


def _problem(replies: list[_Reply], sender: str, recipient: str) -> smtplib.SMTPException | None:
    """Return the first no among the answers, as `smtplib` would raise it."""
    wanted = ((250,), (250, 251), (354,), (250,))
    for place, ((code, words), fine) in enumerate(zip(replies, wanted, strict=False)):
        if code in fine:
            continue
        if place == 0:
            return smtplib.SMTPSenderRefused(code, words, sender)
        if place == 1:
            return smtplib.SMTPRecipientsRefused({recipient: (code, words)})
        return smtplib.SMTPDataError(code, words)
    return None


def _ended(text: bytes) -> bytes:
    """Return a text as it is sent: no line is a dot but the last (RFC 5321, 4.5.2)."""
    quoted = re.sub(rb"(?m)^\.", b"..", text)
    return quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n")
