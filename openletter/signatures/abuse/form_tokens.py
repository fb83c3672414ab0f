"""The signed form token in every form: made here, not long ago, for this very text."""

from __future__ import annotations

import time
from uuid import UUID

from django.core import signing

LASTS_SECONDS = 24 * 60 * 60
# Rounded, so that a page keeps its ETag while nothing on it changes.
_ROUND_TO_SECONDS = 600


class BadFormToken(Exception):
    """The form token was not made here."""


class OldFormToken(Exception):
    """The form token is older than a day; `text_id` stood above the form."""

    def __init__(self, text_id: UUID) -> None:
        super().__init__("older than a day")
        self.text_id = text_id


_signer = signing.Signer(salt="openletter.form-token", sep=".")


def make(text_id: UUID) -> str:
    """Return the form token for a form under the text with this public id."""
    made = int(time.time()) // _ROUND_TO_SECONDS * _ROUND_TO_SECONDS
    return _signer.sign(f"{text_id.hex}-{made}")


def read(form_token: str) -> UUID:
    """Return the public id of the text above the form; raises `BadFormToken`, `OldFormToken`."""
    try:
        text_id, made = _signer.unsign(form_token).split("-")
        age = time.time() - int(made)
        text = UUID(text_id)
    except (signing.BadSignature, ValueError) as problem:
        raise BadFormToken from problem
    if age > LASTS_SECONDS + _ROUND_TO_SECONDS:
        raise OldFormToken(text)
    return text
