"""What those who write letters do at their desk."""

from __future__ import annotations

from typing import Any

from django.test import Client

from openletter.letters.models import Letter
from tests.asking import form_of

LETTERS = "/admin/letters/letter/"
VERSIONS = "/admin/letters/textversion/"


def settings_of(slug: str = "open-ai", **typed: str) -> dict[str, str]:
    """What the form about a letter sends."""
    return {
        "slug": slug,
        "sender_name": "The Initiative",
        "reference_language": "en",
        "policy": "at_once",
        "retention_months": "6",
        "opens_at_0": "",
        "opens_at_1": "",
        "closes_at_0": "",
        "closes_at_1": "",
        "asks_country": "on",
        **typed,
    }


def begin(desk: Client, letter: Letter, **typed: str) -> Any:
    """Press "Write a new version" on the page of a letter."""
    page = f"{LETTERS}{letter.pk}/change/"
    return desk.post(page, {**form_of(desk.get(page)), **typed, "_act": "begin"})
