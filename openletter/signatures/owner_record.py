"""What owners did with their signatures, on the record of who decided what."""

from __future__ import annotations

from datetime import datetime

from openletter.moderation import audit
from openletter.signatures.models import Signature


def record_act(
    signature: Signature,
    action: str,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """Record what an owner did, without its words."""
    audit.record(
        actor_id=None,
        action=action,
        object_kind="signature",
        object_id=signature.public_id,
        reason=reason,
        now=now,
        before=before,
        after=after,
    )
