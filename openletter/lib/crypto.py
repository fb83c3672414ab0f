"""Encryption of personal fields, and the keyed hash by which encrypted values are looked up.

Both keys live outside the database: a stolen dump holds no address and cannot be searched.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def derive(secret: str, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose from a secret (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret.encode())


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...], secrets: tuple[str, ...]) -> MultiFernet:
    derived = [base64.urlsafe_b64encode(derive(s, "openletter.encryption")) for s in secrets]
    return MultiFernet([Fernet(key) for key in (*(k.encode() for k in keys), *derived)])


def _current_fernet() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _fernet(tuple(settings.ENCRYPTION_KEYS), secrets)


def encrypt(text: str) -> str:
    """Encrypt with the first key (see ENCRYPTION_KEYS in docs/settings.md)."""
    return _current_fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits; raises `cryptography.fernet.InvalidToken` when none does."""
    return _current_fernet().decrypt(token.encode()).decode()


def seal(text: str) -> str:
    """Encrypt for a place where length matters, such as an address: compressed, without padding."""
    return _current_fernet().encrypt(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unseal(sealed: str) -> str:
    """Return what was sealed; raises `cryptography.fernet.InvalidToken` when no key fits."""
    padded = sealed + "=" * (-len(sealed) % 4)
    return zlib.decompress(_current_fernet().decrypt(padded.encode())).decode()


@lru_cache(maxsize=4)
def _derived_lookup(secret: str) -> bytes:
    return derive(secret, "openletter.lookup")


def lookup_key(purpose: str, value: str) -> bytes:
    """Return the keyed HMAC-SHA256 of a value: equal for equal values, useless without the key."""
    key = _derived_lookup(settings.LOOKUP_KEY or settings.SECRET_KEY)
    return hmac.digest(key, f"{purpose}\0{value}".encode(), hashlib.sha256)


def authentication_code(purpose: str, text: str) -> str:
    """Return what only this site can write beside a text: proof that the text is its own.

    It follows from LOOKUP_KEY, which never changes, so it is good for as long as the text is kept.
    """
    key = derive(settings.LOOKUP_KEY or settings.SECRET_KEY, f"openletter.{purpose}")
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


# Django's fields take type arguments only in the eyes of a type checker.
if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class EncryptedTextField(_Text):
    """Text that is encrypted in the database and plain in Python. It cannot be searched."""

    def get_prep_value(self, value: str | None) -> str | None:
        return encrypt(value) if value else value

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> str | None:
        if not value:
            return value
        try:
            return decrypt(value)
        except InvalidToken:
            raise InvalidToken(
                "A stored address cannot be decrypted: SECRET_KEY or ENCRYPTION_KEYS is not the one"
                " it was stored with. Put the old key behind the new one (docs/settings.md)."
            ) from None
