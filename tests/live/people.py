"""Invented people, each with a name and an address of their own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

_counter = count(1)
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu")


@dataclass(frozen=True)
class Person:
    name: str
    email: str


def somebody() -> Person:
    """Return a person nobody has met before."""
    number = next(_counter)
    domain = f"d{number // 100}.example.org"  # so many that none is flooded (T05)
    return Person(name=named(number), email=f"suzie-{number}@{domain}")


def named(number: int) -> str:
    """Return a name of its own for each number: without digits, and one that no rule holds."""
    return "Suzie Mc" + "".join(_SYLLABLES[int(digit)] for digit in str(number))
