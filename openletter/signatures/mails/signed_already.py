"""You have signed already: what a second attempt of a counted address gets instead."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import COUNTED

TEMPLATE = "signed_already"
LABEL = gettext_lazy("Note that you had already signed")


def context(owed: Owed) -> dict[str, Any] | None:
    """The mail is about the signature that counts: the new attempt was not stored."""
    signature = subjects.signature_about(owed.about, *COUNTED)
    if signature is None:
        return None
    return links.common(signature) | {"signed_as": subjects.in_one_line(signature)}
