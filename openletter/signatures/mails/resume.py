"""You stopped all mail and signed again: the one mail with a button that lets mail come again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import COUNTED

TEMPLATE = "resume"
LABEL = gettext_lazy("Offer to write to you again, as you had stopped all e-mails")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say once the attempt is gone, and no signature of the address counts."""
    signature = subjects.waiting_attempt(owed.about) or subjects.signature_about(
        owed.about, *COUNTED
    )
    if signature is None:
        return None
    return links.common(signature) | {
        "resume_url": links.token_url("resume", "self_service:resume", signature),
        "counts": signature.state in COUNTED,
    }
