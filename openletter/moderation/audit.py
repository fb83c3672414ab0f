"""Write down who did what to which object, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from openletter.moderation.models import AuditEntry


def record(
    *,
    actor_id: int | None,
    action: str,
    object_kind: str,
    object_id: object,
    reason: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add an entry; call it in the transaction of the act. `actor_id` None is the site itself."""
    AuditEntry.objects.create(
        at=now,
        actor_id=actor_id,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        reason=reason,
        before=before or {},
        after=after or {},
    )


def last_of(object_kind: str, object_id: object, *, action: str) -> AuditEntry | None:
    """Return the last time that this was done to an object."""
    entries = entries_about(object_kind, object_id).filter(action=action)
    return entries.order_by("-at", "-pk").first()


def entries_about(object_kind: str, object_id: object) -> QuerySet[AuditEntry]:
    """Return what is on record about an object."""
    return AuditEntry.objects.filter(object_kind=object_kind, object_id=str(object_id))
