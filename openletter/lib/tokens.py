"""Signed links: a reference nobody can guess, good for one purpose only.

A token holds a row's public id and generation, never an age: copies of one mail must carry the
same link, so the row itself says how long a link is good.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing

# Of what stands behind the last dot: a SHA-256 in base64. The log filter knows tokens by it.
SIGNATURE_LENGTH = 43


class BadToken(Exception):
    """The token was not made here for this purpose."""


@dataclass(frozen=True)
class Reference:
    """What a token stands for: a thing, perhaps a second one that it belongs to."""

    public_id: UUID
    belongs_to: UUID | None
    generation: int


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"openletter.{purpose}", sep=".")


def make(
    purpose: str, public_id: UUID, *, belongs_to: UUID | None = None, generation: int = 0
) -> str:
    """Return the token; the same arguments always give the same token."""
    packed = generation.to_bytes(2, "big") + public_id.bytes
    if belongs_to is not None:
        packed += belongs_to.bytes
    return _signer(purpose).sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def read(purpose: str, token: str) -> Reference:
    """Return what the token stands for, or raise `BadToken`."""
    try:
        text = _signer(purpose).unsign(token)
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        public_id = UUID(bytes=packed[2:18])
        belongs_to = UUID(bytes=packed[18:]) if len(packed) > 18 else None
    except (signing.BadSignature, ValueError) as problem:
        raise BadToken from problem
    return Reference(public_id, belongs_to, int.from_bytes(packed[:2], "big"))


def six_digits(purpose: str, public_id: UUID, *, generation: int = 0) -> str:
    """Return the code to type for a reference. Guessing must be limited by whoever accepts it."""
    message = f"openletter.code.{purpose}".encode() + public_id.bytes + bytes([generation % 256])
    digest = hmac.digest(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"
