"""Why a signature is held, in words; what is stored is a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from openletter.signatures.abuse import flags

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By a flow or a rule; a test compares with the rules. What a flag holds is said by the flag.
_REASONS: dict[str, _StrPromise] = {
    "moderator": _("A moderator wants to look at it again."),
    "letter is reviewed": _("On this letter every signature is reviewed."),
    "claimed": _("Somebody says that the name is theirs, and that they did not sign."),
    "corrected": _("The signatory has changed the words."),
    "notable name": _("The name is one that staff watch: please ask in another way."),
    "unlike a name": _("It does not look like a name."),
    "web address": _("It may contain a web address."),
    "mixed scripts": _("The name mixes letters from several alphabets."),
    "looks Latin": _("The name is in another alphabet, but every letter looks Latin."),
}


def all_reasons() -> Mapping[str, _StrPromise]:
    """Return every code with what it says."""
    return {**_REASONS, **{code: flags.MEANINGS[code] for code in flags.HOLDING}}


def in_words(code: str) -> str:
    """Return what a code says; one that nobody explained stands for itself."""
    return str(all_reasons().get(code, code))
