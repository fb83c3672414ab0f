"""The envelope sender that says which mail came back (VERP), signed and good for 48 hours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from uuid import UUID

from django.conf import settings

LASTS_HOURS = 48
_SHAPE = re.compile(r"\+([a-z2-7]{26})-([0-9a-f]{6})-([a-z2-7]{16})@", re.IGNORECASE)


class BadReturnPath(Exception):
    """The address was not made here, or longer than 48 hours ago."""


def _signature(mail: str, hour: str, key: str) -> str:
    message = f"openletter.return-path:{mail}:{hour}".encode()
    digest = hmac.digest(key.encode(), message, hashlib.sha256)
    return base64.b32encode(digest[:10]).decode().lower()


def for_mail(mail_id: UUID) -> str:
    """Return the envelope sender for a mail, or "" when no BOUNCE_ADDRESS is set."""
    if not settings.BOUNCE_ADDRESS:
        return ""
    local, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    mail = base64.b32encode(mail_id.bytes).decode().rstrip("=").lower()
    hour = f"{int(time.time()) // 3600:06x}"
    return f"{local}+{mail}-{hour}-{_signature(mail, hour, settings.SECRET_KEY)}@{domain}"


def read(address: str) -> UUID:
    """Return the id of the mail that came back to an address; raises `BadReturnPath`."""
    found = _SHAPE.search(address)
    if not found:
        raise BadReturnPath
    mail, hour, signature = (part.lower() for part in found.groups())
    # Bounces of mails that left before a new SECRET_KEY still come back.
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(signature, _signature(mail, hour, key)) for key in keys):
        raise BadReturnPath
    if time.time() // 3600 - int(hour, 16) > LASTS_HOURS:
        raise BadReturnPath
    return UUID(bytes=base64.b32decode(mail.upper() + "======"))
