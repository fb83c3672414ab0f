"""A sweep removed your signature with others: why, and one way to answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.mails.removed import words
from openletter.signatures.models import Signature
from openletter.sweeps import in_words, removals

TEMPLATE = "swept"
LABEL = gettext_lazy("Note that your signature was removed with others")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say once it was restored, withdrawn, erased, or removed by somebody else."""
    signature = subjects.signature_about(owed.about, Signature.State.REMOVED)
    swept = removals.by_sweep(signature) if signature is not None else None
    if signature is None or swept is None or swept.sweep.public_id != owed.batch:
        return None
    return links.common(signature) | {
        **words(signature),
        "reason": in_words.reason(swept.sweep),
        "appeal_url": links.token_url("appeal", "claims:appeal", signature),
    }
