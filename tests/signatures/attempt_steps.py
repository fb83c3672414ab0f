"""How people sign and type codes, each from somewhere; behind one proxy."""

from __future__ import annotations

from typing import Any

from django.test import Client

from openletter.letters.models import Letter
from tests.conftest import form_for

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SUZIE = "suzie@example.org"
OWNER, STRANGER = "192.0.2.1", "198.51.100.9"


def sign(letter: Letter, *, seen: str = OWNER, **typed: str) -> str:
    """Send the form; return the address of the inbox page."""
    headers = {**SAME_ORIGIN, "X-Forwarded-For": seen}
    answer = Client().post(f"/{letter.slug}/sign/", form_for(letter, **typed), headers=headers)
    assert answer.status_code == 302
    return str(answer["Location"])


def type_code(inbox: str, code: str) -> Any:
    headers = {**SAME_ORIGIN, "X-Forwarded-For": OWNER}
    return Client().post(inbox.replace("/inbox/", "/code/"), {"code": code}, headers=headers)
