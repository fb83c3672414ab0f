"""You have signed already: what a second attempt of a counted address gets instead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from openletter.letters.models import Translation
from openletter.lib.site import absolute

TEMPLATE = "signed_already"


def context(about: UUID) -> dict[str, Any] | None:
    """`about` is the text that was signed again: the attempt itself was not stored."""
    text = Translation.objects.select_related("version__letter").filter(public_id=about).first()
    if text is None:
        return None
    return {
        "title": text.title,
        "letter_url": absolute(reverse("pages:letter", args=[text.version.letter.slug])),
    }
