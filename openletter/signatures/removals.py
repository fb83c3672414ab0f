"""Which act of a moderator it is that a signature is removed by."""

from __future__ import annotations

from openletter.moderation import audit, given_reasons
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature


def by_hand(signature: Signature) -> AuditEntry | None:
    """Return the last time that a moderator removed a signature by itself.

    Whoever takes back that it was restored removes nothing: what removed it before holds again.
    """
    acts = audit.entries_about("signature", signature.public_id)
    removals = acts.filter(action="removed signature").exclude(reason=given_reasons.UNDONE)
    return removals.order_by("-at", "-pk").first()
