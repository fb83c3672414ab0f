"""Readers for environment variables that fail loudly, in one sentence naming the variable."""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable; without a default it must be set and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. See docs/settings.md for what it means.")
    return default


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as a truth value: 1, true, yes, on or 0, false, no, off."""
    value = os.environ.get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return lowered in _TRUE


def integer(name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
    """Return the variable as a whole number between `least` and `most`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < least or (most is not None and number > most):
        limit = f"between {least} and {most}" if most is not None else f"at least {least}"
        raise ImproperlyConfigured(f"{name} must be {limit}, not {number}.")
    return number


def list_of(name: str, default: str | None = None) -> list[str]:
    """Return the variable as a list, separated by commas; required when there is no default."""
    parts = [part.strip() for part in text(name, default).split(",") if part.strip()]
    if not parts and default is None:
        raise ImproperlyConfigured(f"{name} holds nothing between its commas.")
    return parts


def secret(name: str, *, least: int) -> str:
    """Return a secret of at least `least` characters; the value never stands in the error."""
    value = text(name)
    if len(value) < least:
        raise ImproperlyConfigured(f"{name} is too short: it needs at least {least} characters.")
    return value


def url(name: str, *, schemes: set[str], default: str | None = None) -> str:
    """Return a URL of one of the schemes; the value (it may hold a password) is not repeated."""
    value = text(name, default)
    try:
        parts = urlsplit(value)
        scheme, _port = parts.scheme, parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a URL.") from None
    if scheme not in schemes:
        known = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise ImproperlyConfigured(f"{name} must be a URL that starts with one of: {known}.")
    return value


def time_zone(name: str, default: str) -> str:
    """Return the name of a time zone, such as Europe/Berlin."""
    value = text(name, default)
    if value not in available_timezones():
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin or UTC, not {value!r}."
        )
    return value


def prefixed(prefix: str) -> dict[str, object]:
    """Return every variable with this prefix, without it; true, false and JSON as they mean."""
    found: dict[str, object] = {}
    for name, value in os.environ.items():
        if name.startswith(prefix):
            found[name.removeprefix(prefix)] = _meaning(name, value.strip())
    return found


def _meaning(name: str, value: str) -> object:
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} starts like JSON but is not JSON.") from None
