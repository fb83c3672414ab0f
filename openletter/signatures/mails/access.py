"""Here is the link to your signature: asked for on the letter, sent to the address on file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import COUNTED, Signature

TEMPLATE = "access"
LABEL = gettext_lazy("Link to your signature")


def context(owed: Owed) -> dict[str, Any] | None:
    """Whatever became of the signature meanwhile: its owner may see that, unless it was erased."""
    signature = subjects.signature_about(owed.about, *Signature.State.values)
    if signature is None:
        return None
    return links.common(signature) | {"stands": signature.state in COUNTED}
