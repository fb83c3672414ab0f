"""How a package declares what it holds about people; a test fails on a field it leaves out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """One personal field: what it is in plain words, and whether anybody may see it."""

    what: str
    public: bool = False
    encrypted: bool = False


# Field name -> what is held; None says that the field tells nothing about a person.
Declaration = dict[str, Held | None]


def impersonal(*fields: str) -> Declaration:
    """Declare fields that tell nothing about a person."""
    return dict.fromkeys(fields)
