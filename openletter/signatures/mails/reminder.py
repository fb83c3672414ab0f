"""You have not confirmed yet: the same link and code once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from openletter.lib.db import clock
from openletter.mail.outbox.kinds import Owed
from openletter.signatures import judgement
from openletter.signatures.mails import confirm, subjects

TEMPLATE = "reminder"
LABEL = gettext_lazy("Reminder to confirm your signature")


def context(owed: Owed) -> dict[str, Any] | None:
    attempt, now = subjects.waiting_attempt(owed.about), clock.now()
    if attempt is None or not attempt.translation.version.letter.is_open(now):
        return None  # confirmed or closed meanwhile
    context = confirm.context(owed)
    # It was owed when a whole number of days was over, and left a moment later.
    left = attempt.asked_at + judgement.LINK_LASTS - now + timedelta(hours=1)
    return context and context | {"days": max(1, left.days)}
