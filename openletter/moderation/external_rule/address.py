"""Whom to ask: an address and a secret of the operator's, if there are any."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PREFIX = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64


def is_known() -> bool:
    """Say whether there is a program to ask."""
    url: str = settings.EXTERNAL_RULE_URL
    return bool(url) and not problem_with(url, settings.EXTERNAL_RULE_SECRET)


@lru_cache(maxsize=2)
def problem_with(url: str, secret: str) -> str:
    """Return what is wrong with the settings, in a sentence that repeats neither; "" if nothing."""
    if not url:
        return "EXTERNAL_RULE_SECRET is set, but EXTERNAL_RULE_URL is not." if secret else ""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "EXTERNAL_RULE_URL is not a URL."
    if parts.scheme not in {"http", "https"} or not host:
        return "EXTERNAL_RULE_URL must be a URL that starts with https://."
    if parts.scheme == "http" and host not in _LOOPBACK:
        return "EXTERNAL_RULE_URL must start with https:// unless it is on this machine."
    if parts.username is not None or parts.fragment:
        return "EXTERNAL_RULE_URL may hold no user, no password and no #."
    if not url.isascii() or not url.isprintable() or " " in url:
        return "EXTERNAL_RULE_URL may hold no spaces and no letters beyond ASCII."
    if not _is_secret(secret):
        return (
            f"EXTERNAL_RULE_SECRET must be {_PREFIX} and {_LEAST_BYTES} to {_MOST_BYTES} random"
            " bytes in base64."
        )
    return ""


def _is_secret(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith(_PREFIX) and _LEAST_BYTES <= len(key) <= _MOST_BYTES
