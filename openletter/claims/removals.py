"""What removed a signature, which its owner can object to: a moderator by hand, or a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openletter.claims.models import Appeal
from openletter.moderation import audit_words
from openletter.moderation.models import AuditEntry
from openletter.signatures import removals as of_signatures
from openletter.signatures.models import Signature
from openletter.sweeps import in_words
from openletter.sweeps import removals as of_sweeps
from openletter.sweeps.models import Sweep, Swept


@dataclass(frozen=True)
class Removal:
    """One of both: an entry of the record, or a sweep."""

    at: datetime
    reason: str  # in the reader's words
    entry: AuditEntry | None = None
    sweep: Sweep | None = None

    @property
    def by(self) -> tuple[int | None, int | None]:
        """Return who removed it, and who agreed: neither decides about an objection."""
        if self.sweep is not None:
            return self.sweep.begun_by_id, self.sweep.agreed_by_id
        return (self.entry.actor_id if self.entry else None), None


def removal_of(signature: Signature) -> Removal | None:
    """Return the removal that holds for a signature; None when it is not removed."""
    if signature.state != Signature.State.REMOVED or signature.erased_at is not None:
        return None
    swept = of_sweeps.by_sweep(signature)
    if swept is not None:
        return _by_sweep(swept)
    entry = of_signatures.by_hand(signature)
    return None if entry is None else Removal(entry.at, audit_words.reason_of(entry), entry=entry)


def against(appeal: Appeal) -> Removal | None:
    """Return the removal that an appeal answers, if its signature is still removed by it."""
    removal = removal_of(appeal.signature)
    if removal is None:
        return None
    is_same = (removal.entry, removal.sweep) == (appeal.removal, appeal.sweep)
    return removal if is_same else None


def _by_sweep(swept: Swept) -> Removal:
    assert swept.at is not None  # noqa: S101 - it is done
    return Removal(swept.at, in_words.reason(swept.sweep), sweep=swept.sweep)
