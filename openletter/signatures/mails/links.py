"""The links that every mail about a signature carries."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.http.site import absolute
from openletter.signatures import withdrawing
from openletter.signatures.models import Signature


def token_url(purpose: str, view: str, signature: Signature) -> str:
    """Return the full address of a page about a signature, good for one purpose."""
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    return absolute(reverse(view, args=[token]))


def sign_url(letter: Letter) -> str:
    return absolute(reverse("signatures:sign", args=[letter.slug]))


def common(signature: Signature) -> dict[str, Any]:
    """Return what every mail about a signature says: which letter, and how to get out."""
    text = signature.translation
    letter = text.version.letter
    return {
        "title": text.title,
        "sender_name": text.version.sender_name,
        "letter_url": absolute(reverse("pages:letter", args=[letter.slug])),
        "mine_url": token_url("mine", "self_service:mine", signature),
        "may_be_taken_back": signature.state in withdrawing.CAN_WITHDRAW,
        "not_me_url": token_url("not_me", "self_service:not_me", signature),
        "stop_url": token_url("stop", "self_service:stop", signature),
    }
