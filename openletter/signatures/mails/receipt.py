"""You have signed: under which number, what, and how to get out again."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.ledger.models import LedgerEntry
from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import COUNTED, Signature

TEMPLATE = "receipt"
LABEL = gettext_lazy("Confirmation that you signed")


def context(owed: Owed) -> dict[str, Any] | None:
    signature = subjects.signature_about(owed.about, *COUNTED)
    if signature is None:
        return None
    entry = LedgerEntry.objects.filter(signature=signature, kind=LedgerEntry.Kind.SIGNED).first()
    letter = signature.translation.version.letter
    return links.common(signature) | {
        "number": entry.count if entry else None,
        "signed_as": subjects.in_one_line(signature),
        "comment": signature.comment,
        "held": signature.state == Signature.State.HELD,
        "version": signature.translation.version.number,
        "fingerprint": signature.translation.sha256,
        "signatories_url": absolute(reverse("pages:signatories", args=[letter.slug])),
    }
