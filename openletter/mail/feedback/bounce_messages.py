"""What a mail in the mailbox of BOUNCE_ADDRESS says: which of our mails came back, and why.

Only the return path is believed (return_path.py): it is signed, and nobody but the recipient's
server was told it. Everything else in such a mail anybody can write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from uuid import UUID

from openletter.mail.feedback import delivery_events, return_path
from openletter.mail.feedback.delivery_events import Outcome, Report, kind_of_status

# Where mail servers put the address that a mail was really delivered to, surest first.
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")


class Found(StrEnum):
    """What became of one mail in that mailbox; all but the first two change nothing."""

    APPLIED = "applied"
    REPEATED = "reported before"
    UNKNOWN = "about a mail that is not ours or long gone"
    NOT_SIGNED = "without a return path of ours, or older than 48 hours"
    NO_REPORT = "no report on a delivery that failed"
    UNREADABLE = "not readable as a mail"


_OUTCOMES = {
    Outcome.APPLIED: Found.APPLIED,
    Outcome.REPEATED: Found.REPEATED,
    Outcome.UNKNOWN: Found.UNKNOWN,
}


def apply_all(mails: Iterable[bytes], *, now: datetime) -> Counter[Found]:
    """Apply what mails report; return how many said what."""
    return Counter(apply(raw, now=now) for raw in mails)


def apply(raw: bytes, *, now: datetime) -> Found:
    """Apply what one mail reports; safe to run twice."""
    try:
        message = message_from_bytes(raw)
        mail_id = _mail_of(message)
        kind = kind_of_status(_status(message)) if mail_id else None
    except (AttributeError, LookupError, TypeError, ValueError):
        return Found.UNREADABLE
    if mail_id is None:
        return Found.NOT_SIGNED
    if kind is None:
        return Found.NO_REPORT
    # One mail may be reported as delayed several times; it is enough to know it once.
    report = Report("bounced mail", f"{mail_id.hex}:{kind}", kind, mail_id=mail_id)
    return _OUTCOMES[delivery_events.apply(report, now=now)]


def _mail_of(message: Message) -> UUID | None:
    for header in _ADDRESSED:
        for address in message.get_all(header, []):
            try:
                return return_path.read(str(address))
            except return_path.BadReturnPath:
                continue
    return None


def _status(message: Message) -> str:
    """Return the status code of a delivery status notification (RFC 3464), or ""."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, Message) and block.get("Action", "").lower() in {
                "failed",
                "delayed",
            }:
                return str(block.get("Status", ""))
    return ""
