"""Signed links: a reference nobody can guess, good for one purpose only.

A token holds a row's public id and generation, never an age: copies of one mail must carry the
same link, so the row itself says how long a link is good.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.core import signing

# What mail programs and people put around, into and behind a link that they pass on.
_NO_PART_OF_A_TOKEN = re.compile(r"[^A-Za-z0-9_.-]+")
# What quoted-printable makes of them.
_ENCODED_BEHIND = re.compile(r"(?:=(?:0[AD]|2[027CE9]|3[DE]|A0)){1,6}$")
_LONGEST = 8_192
# Of what stands behind the last dot: a SHA-256 in base64. The log filter knows tokens by it.
SIGNATURE_LENGTH = 43


class BadToken(Exception):
    """The token was not made here for this purpose."""


@dataclass(frozen=True)
class Reference:
    """What a token stands for: a thing, perhaps a second one that it belongs to.

    `sealed` is whatever else it carries, encrypted by `lib/crypto.py`.
    """

    public_id: UUID
    belongs_to: UUID | None
    generation: int
    sealed: str = ""


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"openletter.{purpose}", sep=".")


def make(
    purpose: str,
    public_id: UUID,
    *,
    belongs_to: UUID | None = None,
    generation: int = 0,
    sealed: str = "",
) -> str:
    """Return the token; the same arguments always give the same token."""
    packed = generation.to_bytes(2, "big") + public_id.bytes
    if belongs_to is not None:
        packed += belongs_to.bytes
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return _signer(purpose).sign(f"{text}.{sealed}" if sealed else text)


def clean(text: str) -> str:
    """Return a part of a link without what mail programs and people put around and into it.

    Quotation marks, brackets, spaces, the = of a line broken in the post, a full stop behind it,
    encoded once or twice: none of these is ever a part of a token or of the words of an address.
    """
    plain = _ENCODED_BEHIND.sub("", unquote(unquote(text[:_LONGEST])))
    return _NO_PART_OF_A_TOKEN.sub("", plain).strip(".")


def read(purpose: str, token: str) -> Reference:
    """Return what the token stands for, or raise `BadToken`. Forgives what `clean` takes away."""
    try:
        text, _dot, sealed = _signer(purpose).unsign(clean(token)).partition(".")
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        public_id = UUID(bytes=packed[2:18])
        belongs_to = UUID(bytes=packed[18:]) if len(packed) > 18 else None
    except (signing.BadSignature, ValueError) as problem:
        raise BadToken from problem
    return Reference(public_id, belongs_to, int.from_bytes(packed[:2], "big"), sealed)


def six_digits(purpose: str, public_id: UUID, *, generation: int = 0) -> str:
    """Return the code to type for a reference. Guessing must be limited by whoever accepts it."""
    message = f"openletter.code.{purpose}".encode() + public_id.bytes + bytes([generation % 256])
    digest = hmac.digest(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"
