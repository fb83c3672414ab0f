"""The wordings people agreed to. A wording once used stays here: signatures point at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

CURRENT = "2026-11"

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDINGS: dict[str, _StrPromise] = {
    "2026-11": _(
        "I agree that my signature is kept and counted. My e-mail address is used to confirm it"
        " and, if I asked for that, to write to me; it is stored encrypted and never shown or"
        " passed on. I can withdraw at any time."
    ),
}
