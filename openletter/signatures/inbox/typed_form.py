"""What somebody typed into the form, carried by the address of the page that follows, encrypted.

So that page can show where the mail goes and give the form back filled in, though nothing of it is
stored for an address that has signed already. The consent is not carried: it is given anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from cryptography.fernet import InvalidToken

from openletter.letters import asked_fields
from openletter.lib import crypto, tokens
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import email_key

FIELDS = (
    "email", "kind", "name", "represented_by", *asked_fields.NAMES, "show_name", "retain_name",
    "updates",
)  # fmt: skip
# What is left out when an address would become too long for some proxies, the first one first.
_MAY_BE_LEFT_OUT = (*asked_fields.WRITTEN, "represented_by", "name")
LONGEST = 3_000


def seal(typed: Mapping[str, str]) -> str:
    """Return what was typed, for the address of a page; at most `LONGEST` characters."""
    kept = {field: typed[field] for field in FIELDS if typed.get(field)}
    sealed = _sealed(kept)
    for field in _MAY_BE_LEFT_OUT:
        if len(sealed) <= LONGEST:
            break
        kept.pop(field, None)
        sealed = _sealed(kept)
    return sealed


def _sealed(kept: Mapping[str, str]) -> str:
    return crypto.seal(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))


def typed_of(reference: tokens.Reference) -> dict[str, str]:
    """Return what was typed; nothing when the address carries nothing that can be read."""
    if not reference.sealed:
        return {}
    try:
        found: dict[str, str] = json.loads(crypto.unseal(reference.sealed))
    except InvalidToken:  # the key was changed meanwhile
        return {}
    return found


def inbox_token(reference: UUID, letter_id: UUID, typed: Mapping[str, str] | None = None) -> str:
    """Return the token of the "check your inbox" page, with what was typed."""
    sealed = seal(typed) if typed else ""
    return tokens.make("inbox", reference, belongs_to=letter_id, sealed=sealed)


def reference_to(email: str, letter_id: UUID) -> tokens.Reference:
    """Return what stands for an address under a letter, and for no attempt of it."""
    return tokens.Reference(uuid7(), letter_id, 0, seal({"email": email}))


def key_in(reference: tokens.Reference) -> bytes:
    """Return the key of the address that was typed, or a key that no address has."""
    email = typed_of(reference).get("email")
    return email_key(email) if email else crypto.lookup_key("no address", reference.public_id.hex)
