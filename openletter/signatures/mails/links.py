"""The links that every mail about a signature carries."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.site import absolute
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
        "sender_name": letter.sender_name,
        "letter_url": absolute(reverse("pages:letter", args=[letter.slug])),
        "mine_url": token_url("mine", "privacy:mine", signature),
        "not_me_url": token_url("not_me", "signatures:not_me", signature),
        "stop_url": token_url("stop", "signatures:stop", signature),
    }


def signature_about(about: object, *states: str) -> Signature | None:
    """Return the signature a mail is about, with its text, if it is still in one of the states.

    An erased one is nothing to write about, whatever its state (F27).
    """
    return (
        Signature.objects.select_related("translation__version__letter")
        .defer("translation__markdown", "translation__html")
        .filter(public_id=str(about), state__in=states, erased_at=None)
        .first()
    )
