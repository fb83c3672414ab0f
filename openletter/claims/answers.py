"""What came of an objection is told by mail some minutes later: until then it can be undone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from openletter.mail.models import OutgoingMail
from openletter.signatures import removal_notices

DELAY = removal_notices.DELAY
# No worker has its mail in hand by then.
UNDONE_WITHIN = DELAY - timedelta(minutes=1)


def take_back(kind: str, recipient_key: bytes, *, about: UUID) -> None:
    """Let no mail leave about a decision that is undone."""
    owed = OutgoingMail.objects.filter(recipient_key=recipient_key, kind=kind, about=about)
    due = owed.filter(state=OutgoingMail.State.DUE)
    due.update(state=OutgoingMail.State.DROPPED)
