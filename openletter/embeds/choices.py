"""What may be chosen by a parameter of the address of an embed."""

from __future__ import annotations


def one_of(known: tuple[str, ...], asked: str | None) -> str:
    """Return what is asked for, or the first of what is known: an embed shows no error."""
    return asked if asked in known else known[0]
