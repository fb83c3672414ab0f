"""You stopped all mail and signed again: the one mail with a button that lets mail come again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.kinds import Owed
from openletter.signatures.mails import links

TEMPLATE = "resume"
LABEL = gettext_lazy("Way back for an address that had stopped all e-mails")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say once the attempt is confirmed or gone."""
    attempt = links.waiting_attempt(owed.about)
    if attempt is None:
        return None
    resume_url = links.token_url("resume", "signatures:resume", attempt)
    return links.common(attempt) | {"resume_url": resume_url}
