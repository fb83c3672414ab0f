"""You have withdrawn: proof of it, and the one link that still works."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import Signature

TEMPLATE = "withdrawn"
LABEL = gettext_lazy("Confirmation that you withdrew your signature")


def context(owed: Owed) -> dict[str, Any] | None:
    signature = subjects.signature_about(owed.about, Signature.State.WITHDRAWN)
    if signature is None:
        return None
    letter = signature.translation.version.letter
    return links.common(signature) | {"sign_url": links.sign_url(letter)}
