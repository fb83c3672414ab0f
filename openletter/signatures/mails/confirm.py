"""Please confirm: a link and a code, and no word that the (unverified) signer typed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures import confirmation, judgement
from openletter.signatures.mails import links, subjects

TEMPLATE = "confirm"
LABEL = gettext_lazy("Request to confirm your signature")


def context(owed: Owed) -> dict[str, Any] | None:
    attempt = subjects.waiting_attempt(owed.about)
    if attempt is None:
        return None
    return links.common(attempt) | {
        "sent_at": attempt.created_at,
        "confirm_url": links.token_url("confirm", "signatures:confirm", attempt),
        "code": confirmation.confirmation_code(attempt),
        "is_reviewed": attempt.translation.version.letter.is_reviewed,
        "days": judgement.LINK_LASTS.days,
    }
