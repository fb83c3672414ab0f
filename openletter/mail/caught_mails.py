"""The mails that ./run's mail catcher keeps in development, one file each.

They stand for the inboxes of people who do not exist. A real site has none of them.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Collection
from pathlib import Path

from django.conf import settings


def files() -> list[Path]:
    """Return every caught mail, the newest first; none where there is no mail catcher."""
    if not settings.MAILBOX_DIR:
        return []
    return sorted(Path(settings.MAILBOX_DIR).glob("*.eml"), reverse=True)


def forget(addresses: Collection[str]) -> None:
    """Delete the mails to these addresses, as their owners would when they want no trace left."""
    wanted = {address.lower() for address in addresses}
    for file in files() if wanted else ():
        try:
            head = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        except OSError:  # the catcher deleted it meanwhile
            continue
        if str(head["X-Envelope-To"] or "").lower() in wanted:
            file.unlink(missing_ok=True)
