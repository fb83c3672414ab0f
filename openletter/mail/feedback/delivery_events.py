"""What became of a mail after the relay took it: bounces and complaints, whoever reports them.

A report is applied once, however often it comes, and only ever to a mail of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from openletter.lib.people.addresses import email_key
from openletter.mail.models import ARROWS, MailEvent, OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression

KEPT = timedelta(days=30)  # longer than any provider repeats itself
_RECENT = timedelta(days=3)


class Kind(StrEnum):
    """What a report says, in our words; every provider's own words are translated into them."""

    HARD_BOUNCE = "hard_bounce"  # the address takes no mail, and never will
    SOFT_BOUNCE = "soft_bounce"  # it took none just now
    REFUSED = "refused"  # its server wants no mail like this one, or none from us
    WITHHELD = "withheld"  # the provider did not even try: the address stands on a list of its own
    COMPLAINT = "complaint"  # a person marked it as spam


class Outcome(StrEnum):
    APPLIED = "applied"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


# What a mail becomes; a soft bounce is only recorded, since whoever has the mail tries again.
_BECOMES = {
    Kind.HARD_BOUNCE: OutgoingMail.State.BOUNCED,
    Kind.REFUSED: OutgoingMail.State.BOUNCED,
    Kind.WITHHELD: OutgoingMail.State.BOUNCED,
    Kind.COMPLAINT: OutgoingMail.State.COMPLAINED,
}

# Enhanced status codes (RFC 3463); the first row that fits decides.
_STATUSES = (
    ("5.2.2.", Kind.SOFT_BOUNCE),  # the mailbox is full; RFC 3463 calls that persistent, not final
    ("5.4.4.", Kind.SOFT_BOUNCE),  # no route now: often a name server that was away
    ("5.6.", Kind.REFUSED),
    ("5.7.", Kind.REFUSED),
    ("5.", Kind.HARD_BOUNCE),
    ("4.", Kind.SOFT_BOUNCE),
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")


@dataclass(frozen=True)
class Report:
    """One thing that somebody says about one mail."""

    provider: str
    event_id: str  # the same whenever the same thing is reported again
    kind: Kind
    mail_id: UUID | None = None
    # Only where the provider cannot say which mail it was: then the last one to this address.
    recipient: str = ""
    at: datetime | None = None


def kind_of_status(text: str) -> Kind | None:
    """Return what the first enhanced status code in a text means; None for success or no code."""
    found = _STATUS.search(text)
    status = f"{found[1]}." if found else ""
    return next((kind for start, kind in _STATUSES if status.startswith(start)), None)


@transaction.atomic
def apply(report: Report, *, now: datetime) -> Outcome:
    """Note a report, change its mail if its state allows that, suppress its address if due."""
    mail = _mail_of(report, now=now)
    if mail is None:
        return Outcome.UNKNOWN
    _event, is_new = MailEvent.objects.get_or_create(
        provider=report.provider,
        event_id=report.event_id,
        defaults={
            "kind": report.kind,
            "mail_id": mail.pk,
            "at": min(report.at, now) if report.at else now,
        },
    )
    if not is_new:
        return Outcome.REPEATED
    if report.kind in _BECOMES:
        _change(mail, _BECOMES[report.kind], error=f"{report.kind} ({report.provider})")
    _suppress(mail, report.kind, now=now)
    return Outcome.APPLIED


def refused(mail: OutgoingMail, *, blames_address: bool, now: datetime) -> None:
    """Note that the relay itself refused a mail for good; delivery has recorded that already."""
    kind = Kind.HARD_BOUNCE if blames_address else Kind.REFUSED
    event = MailEvent(provider="relay", event_id=mail.pk.hex, kind=kind, mail_id=mail.pk, at=now)
    MailEvent.objects.bulk_create([event], ignore_conflicts=True)
    _suppress(mail, kind, now=now)


def forget_old(*, now: datetime) -> int:
    """Delete reports that nobody will repeat any more; return how many."""
    return MailEvent.objects.filter(at__lt=now - KEPT).delete()[0]


def _mail_of(report: Report, *, now: datetime) -> OutgoingMail | None:
    if report.mail_id:
        return OutgoingMail.objects.filter(pk=report.mail_id).first()
    if not report.recipient:
        return None
    return (
        OutgoingMail.objects.filter(
            recipient_key=email_key(report.recipient), sent_at__gt=now - _RECENT
        )
        .order_by("-sent_at")
        .first()
    )


def _change(mail: OutgoingMail, state: OutgoingMail.State, *, error: str) -> None:
    """Believe the row, not what was read of it: delivery may have moved it meanwhile."""
    before = [start for start, ends in ARROWS.items() if state in ends]
    OutgoingMail.objects.filter(pk=mail.pk, state__in=before).update(
        state=state, lease_until=None, error=error
    )


def _suppress(mail: OutgoingMail, kind: Kind, *, now: datetime) -> None:
    key = bytes(mail.recipient_key)
    if kind == Kind.HARD_BOUNCE:
        # For this letter only: an address that works again may sign the next one.
        reason = SuppressedAddress.Reason.BOUNCE
        suppression.suppress(email_key=key, topic=mail.topic, reason=reason, now=now)
    elif kind == Kind.COMPLAINT:
        reason = SuppressedAddress.Reason.COMPLAINT
        suppression.suppress(email_key=key, topic=suppression.EVERYTHING, reason=reason, now=now)
