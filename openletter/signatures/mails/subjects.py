"""What a mail about a signature is about: found when it is sent, and said in one line."""

from __future__ import annotations

import time
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from openletter.letters.models import Translation
from openletter.letters.queries import texts
from openletter.lib.db import rows
from openletter.signatures.models import Signature

_NEWEST_WAITING = """(
    SELECT public_id FROM signatures_signature AS waiting
    WHERE waiting.letter_id = signatures_signature.letter_id
        AND waiting.email_key = signatures_signature.email_key AND waiting.email_key <> ''
        AND waiting.state = 'pending'
    ORDER BY waiting.asked_at DESC, waiting.id DESC LIMIT 1)"""


def signature_about(about: UUID, *states: str) -> Signature | None:
    """Return the signature a mail is about, with its text, if it is still in one of the states.

    An erased one is nothing to write about, whatever its state (F27).
    """
    signature = rows.find(Signature, "public_id", about, without=("email",))  # the mail has it
    return _with_text(signature, *states)


def _with_text(signature: Signature | None, *states: str) -> Signature | None:
    if signature is None or signature.state not in states or signature.erased_at is not None:
        return None
    text = _text_with_letter(signature.translation_id, int(time.time()))
    if text is None:
        return None
    signature.translation, signature.letter = text, text.version.letter
    return signature


def waiting_attempt(about: UUID) -> Signature | None:
    """Return the attempt of an address that a confirmation was last asked for, with its text.

    `about` names any attempt of the same address under the same letter, waiting or not: a newer
    one may have come while the mail waited, and is what its sender wants to confirm (T52).
    """
    asked = rows.find(
        Signature, "public_id", about, without=("email",), also=("newest_id", _NEWEST_WAITING)
    )
    newest_id = getattr(asked, "newest_id", None)
    if newest_id is None:
        return None
    if newest_id == about:
        return _with_text(asked, Signature.State.PENDING)
    return signature_about(newest_id, Signature.State.PENDING)


def forget() -> None:
    """Read every letter again for the next mail, as a second later."""
    _text_with_letter.cache_clear()


@lru_cache(maxsize=16)
def _text_with_letter(translation_id: int, _second: int) -> Translation | None:
    """Return the text and letter of very many mails one after the other, read once a second."""
    return texts.text_with_letter(translation_id)


def in_one_line(signature: Signature) -> str:
    """Say who signed, for whom and from where, as far as it is there. For confirmed ones (T06)."""
    person = signature.represented_by
    parts = (
        signature.name,
        _("represented by %(person)s") % {"person": person} if person else "",
        *signature.beside_name(),
    )
    return ", ".join(part for part in parts if part)
