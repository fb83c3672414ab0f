"""The wordings people agreed to. A wording once used stays here: signatures point at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from openletter.signatures.models import Signature


@dataclass(frozen=True)
class Wording:
    """One edition of everything that is agreed to in the form; the last two by boxes of their own.

    "" where that edition did not ask.
    """

    sign: _StrPromise | str
    show_name: _StrPromise | str
    wants_updates: _StrPromise | str
    retain_name: _StrPromise | str = ""
    # The same two as an organisation reads them; "" where it read those for people.
    show_organisation: _StrPromise | str = ""
    keeps_organisation: _StrPromise | str = ""

    def to_show(self, *, is_organisation: bool) -> _StrPromise | str:
        return (self.show_organisation if is_organisation else "") or self.show_name

    def to_keep(self, *, is_organisation: bool) -> _StrPromise | str:
        return (self.keeps_organisation if is_organisation else "") or self.retain_name


_SHOW_NAME = _("Show my name in public")
_UPDATES = _("E-mail me news about this letter")
_SIGN = _(
    "I agree that my signature, which may show a political opinion, is kept and counted."
    " My e-mail address is used to confirm it and, if I asked for that, to write to me; it"
    " is stored encrypted, never shown or passed on, and deleted some months after the"
    " letter closes. I can correct, withdraw or delete all of it at any time."
)
_SIGN_B = _(
    "I agree that my signature, which may reveal a political opinion, is stored and counted."
    " My e-mail address is used to confirm it and, if I ask for that, to write to me. It is"
    " stored encrypted, never shown or passed on, and deleted some months after the letter"
    " closes. I can correct, withdraw or delete everything at any time."
)
_KEEPS_NAME = _("If my name is shown, it may stay on the list after my other data is deleted")

CURRENT = "2026-12b"
WORDINGS: dict[str, Wording] = {
    "2026-11": Wording(
        sign=_(
            "I agree that my signature is kept and counted. My e-mail address is used to confirm it"
            " and, if I asked for that, to write to me; it is stored encrypted and never shown or"
            " passed on. I can withdraw at any time."
        ),
        show_name=_SHOW_NAME,
        wants_updates=_UPDATES,
    ),
    "2026-12": Wording(
        sign=_SIGN,
        show_name=_SHOW_NAME,
        wants_updates=_UPDATES,
        retain_name=_KEEPS_NAME,
    ),
    "2026-12b": Wording(
        sign=_SIGN_B,
        show_name=_SHOW_NAME,
        wants_updates=_UPDATES,
        retain_name=_KEEPS_NAME,
        show_organisation=_("Show the organisation’s name, and who signs for it, in public"),
        keeps_organisation=_(
            "If these names are shown, they may stay on the list after the other data is deleted"
        ),
    ),
}


@dataclass(frozen=True)
class Given:
    """One consent of a signature: its wording, and whether it holds now."""

    wording: str
    holds: bool


def given_by(signature: Signature) -> list[Given]:
    """Return what a signatory was asked to agree to, in the words they read, and what they said."""
    wording = WORDINGS.get(signature.consent)
    if wording is None:
        return []
    asked = (
        (wording.sign, True),
        (wording.to_show(is_organisation=signature.is_organisation), signature.show_name),
        (wording.to_keep(is_organisation=signature.is_organisation), signature.retain_name),
        (wording.wants_updates, signature.wants_updates),
    )
    return [Given(str(words), holds) for words, holds in asked if words]
