"""Find the signature that a signed link stands for."""

from __future__ import annotations

from openletter.letters.queries import texts
from openletter.lib import tokens
from openletter.lib.db import rows
from openletter.signatures.models import Signature


class OldLink(tokens.BadToken):
    """The link was made here, but withdrawing or erasing ended it; `signature` has its letter."""

    def __init__(self, signature: Signature) -> None:
        super().__init__(signature.public_id)
        self.signature = signature


def signature_of(purpose: str, token: str, *, whenever_made: bool = False) -> Signature:
    """Return the signature of a token, with its letter and text.

    Raises `tokens.BadToken`, or `OldLink` when its signature has moved on since (T42). Links that
    only ever stop mail work `whenever_made`: nobody is kept from that.
    """
    reference = tokens.read(purpose, token)
    signature = rows.find(
        Signature, "public_id", reference.public_id, together_with="letter", also=texts.NEWEST
    )
    text = texts.text_of(signature.letter, signature.translation_id) if signature else None
    if signature is None or text is None:
        raise tokens.BadToken
    signature.translation = text
    if signature.generation != reference.generation and not whenever_made:
        raise OldLink(signature)
    return signature
