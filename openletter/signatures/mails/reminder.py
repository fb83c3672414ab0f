"""You have not confirmed yet: the same link and code once more."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.lib.db import clock
from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import confirm, subjects

TEMPLATE = "reminder"
LABEL = gettext_lazy("Reminder to confirm your signature")


def context(owed: Owed) -> dict[str, Any] | None:
    attempt = subjects.waiting_attempt(owed.about)
    if attempt is None or not attempt.translation.version.letter.is_open(clock.now()):
        return None  # confirmed or closed meanwhile
    return confirm.context(owed)
