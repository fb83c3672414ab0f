"""What a mail is made of: a module of its package each, which openletter/mail_kinds.py lists."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from django.utils.functional import Promise

from openletter.mail_kinds import MAILS


@dataclass(frozen=True)
class Owed:
    """What a kind needs to know of the row: opaque ids that mean something to its package."""

    about: UUID
    batch: UUID | None = None


class MailKind(Protocol):
    """A module that knows one kind of mail."""

    TEMPLATE: str  # the folder under templates/emails/ with subject.txt, body.txt, body.html
    LABEL: Promise  # what it is, to whoever got it

    @staticmethod
    def context(owed: Owed) -> dict[str, Any] | None:
        """Return what the templates need, or None when there is nothing to say any more.

        An `unsubscribe_url` in it also becomes the one-click headers of RFC 8058.
        """


def kind_named(name: str) -> MailKind:
    """Return the module of a kind; raises `KeyError` for one that is not listed."""
    module: MailKind = import_module(MAILS[name])  # type: ignore[assignment]  # a module fits it
    return module


def label_of(name: str) -> str:
    """Return what a kind is called; the code of one that is not sent any more."""
    return str(kind_named(name).LABEL) if name in MAILS else name
