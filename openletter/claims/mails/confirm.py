"""Was it you who told us that an entry is false? A link, and no word that anybody typed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.claims import claiming
from openletter.claims.mails import links
from openletter.claims.models import Claim
from openletter.mail.outbox.kinds import Owed

TEMPLATE = "confirm_claim"
LABEL = gettext_lazy("Request to confirm what you told us about an entry")


def context(owed: Owed) -> dict[str, Any] | None:
    claim = claiming.claim_of(owed.about)
    if claim is None or claim.state != Claim.State.UNCONFIRMED:
        return None
    return links.common(claim) | {
        "confirm_url": links.token_url("claim", "claims:confirm", claim),
        "days": claiming.LINK_LASTS.days,
    }
