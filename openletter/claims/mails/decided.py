"""You told us that an entry is false: what came of it, in one sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.claims import claiming
from openletter.claims.mails import links
from openletter.claims.models import Claim
from openletter.mail.outbox.kinds import Owed

TEMPLATE = "claim_decided"
LABEL = gettext_lazy("Answer to what you told us about an entry")


def context(owed: Owed) -> dict[str, Any] | None:
    claim = claiming.claim_of(owed.about)
    if claim is None or claim.decided_at is None:
        return None
    return links.common(claim) | {"is_removed": claim.state == Claim.State.REMOVED}
