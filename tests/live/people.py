"""Invented people, each with a name and an address of their own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

_counter = count(1)


@dataclass(frozen=True)
class Person:
    name: str
    email: str


def somebody() -> Person:
    """Return a person nobody has met before. Names hold no digits, as names do."""
    number = next(_counter)
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    domain = f"d{number // 100}.example.org"  # so many that none is flooded (T05)
    return Person(name=f"Suzie Mc{letters}", email=f"suzie-{number}@{domain}")
