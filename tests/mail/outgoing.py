"""Mails of the outbox as tests of reports need them: sent, and about no letter in particular."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from openletter.lib.db import clock
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import domain_of, email_key
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import claims

# The mail that every captured payload speaks of.
REPORTED = UUID("019ab2f4-c5d6-7e8f-9a0b-1c2d3e4f5061")
TOPIC = "letter:1"


def outgoing(
    state: str = "sent", *, recipient: str = "suzie@example.org", **fields: Any
) -> OutgoingMail:
    """Return a mail that is not in the database yet."""
    now = timezone.now()
    return OutgoingMail(
        **{
            "kind": "signatures.confirm",
            "dedupe_key": f"test:{uuid7()}",
            "recipient": recipient,
            "recipient_key": email_key(recipient),
            "recipient_domain": domain_of(recipient),
            "language": "en",
            "lane": "confirm",
            "about": uuid7(),
            "topic": TOPIC,
            "state": state,
            "first_due_at": now,
            "due_at": now,
            "sent_at": None if state in {"due", "parked", "dropped"} else now,
            **fields,
        }
    )


def sent(**fields: Any) -> OutgoingMail:
    """Return a mail that has left."""
    mail = outgoing(**fields)
    mail.save(force_insert=True)
    return mail


def state_of(mail: OutgoingMail) -> str:
    return OutgoingMail.objects.get(pk=mail.pk).state


def claim_at(lane: str, now: datetime) -> list[OutgoingMail]:
    """Take in hand what may be taken when the database's clock says that it is `now`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "ask", lambda: now)
        return claims.claim(lane)
