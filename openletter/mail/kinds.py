"""What a mail is made of. Packages write one module per mail; openletter/mails.py lists them."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from openletter.mails import MAILS


class MailKind(Protocol):
    """A module that knows one kind of mail."""

    TEMPLATE: str  # the folder under templates/emails/ with subject.txt, body.txt, body.html

    @staticmethod
    def context(about: UUID) -> dict[str, Any] | None:
        """Return what the templates need, or None when there is nothing to say any more."""


def kind_named(name: str) -> MailKind:
    """Return the module of a kind; raises `KeyError` for one that is not listed."""
    module: MailKind = import_module(MAILS[name])  # type: ignore[assignment]  # a module fits it
    return module
