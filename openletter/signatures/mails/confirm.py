"""Please confirm: a link and a code, and no word that the (unverified) signer typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from openletter.lib import tokens
from openletter.lib.site import absolute
from openletter.signatures import flows
from openletter.signatures.models import Signature

TEMPLATE = "confirm"


def context(about: UUID) -> dict[str, Any] | None:
    attempt = (
        Signature.objects.select_related("translation__version__letter")
        .defer("translation__markdown", "translation__html")
        .filter(public_id=about, state=Signature.State.PENDING)
        .first()
    )
    if attempt is None:
        return None
    token = tokens.make("confirm", attempt.public_id, generation=attempt.generation)
    return {
        "title": attempt.translation.title,
        "sender_name": attempt.translation.version.letter.sender_name,
        "confirm_url": absolute(reverse("signatures:confirm", args=[token])),
        "letter_url": absolute(
            reverse("pages:letter", args=[attempt.translation.version.letter.slug])
        ),
        "code": flows.confirmation_code(attempt),
        "days": flows.LINK_LASTS.days,
    }
