"""We wrote that your signature was removed: it is back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import Signature

TEMPLATE = "restored"
LABEL = gettext_lazy("Note that your signature is back")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say once it was removed again, withdrawn or erased."""
    back = (Signature.State.PUBLISHED, Signature.State.HELD)
    signature = subjects.signature_about(owed.about, *back)
    if signature is None:
        return None
    return links.common(signature) | {"counts": signature.state == Signature.State.PUBLISHED}
