"""Who they are, and what they do on the pages of a letter, as their browser does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.test import Client

from openletter.lib import tokens
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import Signature

# Olive runs the site and writes letters, Suzie signs, Sam does too, Mallory means no good.
OLIVE, SUZIE = "olive@example.org", "suzie@example.org"
SAM, MALLORY = "sam@example.org", "mallory@example.org"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def link(signature: Signature, page: str = "confirm") -> str:
    """Return the address that a mail leads to."""
    purpose = page.replace("-", "_") or "mine"
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    return f"/s/{token}/{page}/" if page else f"/s/{token}/"


def inbox_of(signature: Signature) -> str:
    """Return the address of the page that follows the form."""
    return f"/s/{typed_form.inbox_token(signature.public_id, signature.letter.public_id)}/inbox/"


def press(
    address: str,
    fields: Mapping[str, str] | None = None,
    *,
    client: Client | None = None,
    seen: str = "",
) -> Any:
    """Press the button of a page; `seen` is the address that the browser comes from."""
    headers = {**SAME_ORIGIN, **({"X-Forwarded-For": seen} if seen else {})}
    return (client or Client()).post(address, {**(fields or {})}, headers=headers)


def type_code(inbox: str, code: str, *, client: Client | None = None, seen: str = "") -> Any:
    """Type the code of a mail on the page that follows the form."""
    return press(inbox.replace("/inbox/", "/code/"), {"code": code}, client=client, seen=seen)


def state_of(signature: Signature) -> str:
    """Return the state as it is now."""
    return Signature.objects.get(pk=signature.pk).state
