"""Why a signature is held, in words; what is stored is a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from openletter.moderation.rules import BY_REASON
from openletter.signatures.abuse import flags

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By a flow. What a rule or a flag holds is said by the rule or the flag.
_REASONS: dict[str, _StrPromise] = {
    "moderator": _("A moderator wants to look at it again."),
    "sweep": _("A moderator wants to look at many like it again."),
    "letter is reviewed": _("On this letter every signature is reviewed."),
    "corrected": _("The signatory has changed the words."),
}
# What would let a moderator publish it; what a rule holds is said by the rule.
_CLEARED_BY: dict[str, _StrPromise] = {
    "corrected": _("Read the words as they are now: they were not reviewed."),
    flags.LISTED: _("See in the list of sources why this one is watched."),
    flags.NO_PROOF: _("An old browser cannot give it. See whether name and words make sense."),
    flags.REMOVED_BEFORE: _("See below why it was removed, and whether that still holds."),
}


def all_reasons() -> Mapping[str, _StrPromise]:
    """Return every code with what it says."""
    by_rule = {reason: rule.SAYS for reason, rule in BY_REASON.items()}
    return {**_REASONS, **by_rule, **{code: flags.MEANINGS[code] for code in flags.HOLDING}}


def in_words(code: str) -> str:
    """Return what a code says; one that nobody explained stands for itself."""
    return str(all_reasons().get(code, code))


def cleared_by(code: str) -> str:
    """Return what would let a moderator publish what is held so, "" where that goes by itself."""
    rule = BY_REASON.get(code)
    return str(rule.CLEARED_BY if rule else _CLEARED_BY.get(code, ""))
