"""How people sign and type codes, each from somewhere; behind one proxy."""

from __future__ import annotations

from functools import partial

from openletter.letters.models import Letter
from tests import steps
from tests.conftest import form_for

OWNER, STRANGER = "192.0.2.1", "198.51.100.9"
type_code = partial(steps.type_code, seen=OWNER)


def sign(letter: Letter, *, seen: str = OWNER, **typed: str) -> str:
    """Send the form; return the address of the inbox page."""
    answer = steps.press(f"/{letter.slug}/sign/", form_for(letter, **typed), seen=seen)
    assert answer.status_code == 302
    return str(answer["Location"])
