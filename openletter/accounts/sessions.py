"""Django's sessions in the database, encrypted like addresses.

While somebody sets up a second factor its secret lies in their session (T56).
"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends import db

from openletter.lib import crypto


class SessionStore(db.SessionStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        return crypto.encrypt(super().encode(session_dict))

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Return nothing for what cannot be read, as Django does: then somebody logs in again."""
        try:
            return super().decode(crypto.decrypt(str(session_data)))
        except InvalidToken:
            return {}
