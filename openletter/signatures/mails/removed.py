"""A moderator removed your signature: why, and one way to answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.moderation import audit_words
from openletter.signatures import removals
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import Signature

TEMPLATE = "removed"
LABEL = gettext_lazy("Note that your signature was removed")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say once it was restored, withdrawn or erased."""
    signature = subjects.signature_about(owed.about, Signature.State.REMOVED)
    if signature is None:
        return None
    removal = removals.by_hand(signature)
    return links.common(signature) | {
        **words(signature),
        "reason": audit_words.reason_of(removal) if removal else "",
        "appeal_url": links.token_url("appeal", "claims:appeal", signature),
    }


def words(signature: Signature) -> dict[str, Any]:
    """Return what its first sentences name, also for a preview at the desk."""
    text = signature.translation
    return {
        "title": text.title,
        "sender_name": text.version.sender_name,
        "signed_as": subjects.in_one_line(signature),
    }
