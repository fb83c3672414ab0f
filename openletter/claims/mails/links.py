"""What every mail to somebody says who claims an entry."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openletter.claims.models import Claim
from openletter.letters.queries import letters
from openletter.lib import tokens
from openletter.lib.http.site import absolute


def token_url(purpose: str, view: str, claim: Claim) -> str:
    return absolute(reverse(view, args=[tokens.make(purpose, claim.public_id)]))


def common(claim: Claim) -> dict[str, Any]:
    """Return which letter it is about, and how to get no more mail. Nobody's words (T06)."""
    letter = letters.letter_with_id(claim.letter.public_id, claim.language)
    return {
        "title": letter.title,
        "sender_name": letter.sender_name,
        "letter_url": absolute(reverse("pages:letter", args=[claim.letter.slug])),
        "stop_url": token_url("claim_stop", "claims:stop", claim),
    }
