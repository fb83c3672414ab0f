"""Keys of rows that stand in addresses."""

from __future__ import annotations


def key_in(text: str) -> int | None:
    """Return the key that a text says, or None for what can be none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
