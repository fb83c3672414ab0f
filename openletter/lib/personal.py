"""How a package declares what it holds about people, and hands it over.

A test fails on a field that no declaration names. What is declared is exported by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model


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


@dataclass(frozen=True)
class Person:
    """Whose data is meant: the owner of an address, on one letter or (topic "") on all of them.

    `public_ids` are their signatures there, the names under which other packages know them; with
    `only_these` nothing is meant but what is about them.
    """

    email_key: bytes
    topic: str = ""
    public_ids: tuple[str, ...] = ()
    only_these: bool = False


@dataclass(frozen=True)
class Expiry:
    """What a package deletes by itself, in plain words, and how many rows it was or would be."""

    what: str
    number: int


def exported(row: Model, declaration: Declaration) -> dict[str, Any]:
    """Return everything personal in a row, in values that JSON can say."""
    return {
        name: _plain(getattr(row, name)) for name, held in declaration.items() if held is not None
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return str(value)
