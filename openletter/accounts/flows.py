"""What can happen to an account that is not done in the admin."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openletter.accounts.models import User
from openletter.lib.ids import uuid7
from openletter.mail import outbox

_RESET = "accounts.password_reset"


@transaction.atomic
def ask_for_new_password(*, user_id: int, language: str, now: datetime) -> None:
    """Owe a link for a new password, within the caps; silent about whether they allow one.

    While one is still on its way, asking again changes nothing.
    """
    # The lock lets one request at a time look for room in the caps.
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None or outbox.is_waiting(kind=_RESET, about=user.public_id):
        return
    outbox.enqueue(
        _RESET,
        dedupe_key=f"{_RESET}:{uuid7()}",
        recipient=user.email,
        language=language,
        about=user.public_id,
        topic="password",
        now=now,
    )
