"""What a signatory does on the pages behind the link in their mails."""

from __future__ import annotations

from typing import Any

from django.test import Client

from openletter.ledger.models import Tally
from openletter.lib import tokens
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from tests import steps


def mine(signature: Signature, page: str = "") -> str:
    """Return the address of "my signature", or of a page below it."""
    token = tokens.make("mine", signature.public_id, generation=signature.generation)
    return f"/s/{token}/{page}"


def press(signature: Signature, page: str, **typed: str) -> Any:
    """Press a button, as a browser does."""
    return steps.press(mine(signature, page), typed)


def look(signature: Signature, page: str = "") -> str:
    """Return a page as its owner reads it."""
    response = Client().get(mine(signature, page))
    assert response.status_code == 200
    return response.content.decode()


def now_of(signature: Signature) -> Signature:
    """Return the signature as it is now, with the generation its newest links have."""
    return Signature.objects.select_related("letter", "translation").get(pk=signature.pk)


def acts() -> list[str]:
    """Return what the record says was done to signatures."""
    entries = AuditEntry.objects.filter(object_kind="signature").order_by("pk")
    return list(entries.values_list("action", flat=True))


def number() -> int:
    tally = Tally.objects.first()
    return tally.people + tally.organisations if tally else 0
