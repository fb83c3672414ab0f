"""The page to confirm was opened, but its button was not pressed: the last reminder."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import reminder, subjects

TEMPLATE = "one_more_click"
LABEL = gettext_lazy("Reminder that one more click confirms your signature")


def context(owed: Owed) -> dict[str, Any] | None:
    attempt = subjects.waiting_attempt(owed.about)
    if attempt is None or not attempt.page_opened:
        return None  # confirmed meanwhile, or a newer one takes its place, of which it is not true
    return reminder.context(owed)
