"""What makes a signature suspect: the codes that are stored, and what they say to moderators.

A flag refuses nobody; it is a reason to look, and some of them hold a signature until somebody has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from openletter.moderation.rules import (
    BY_REASON,
    bursts,
    disposable_domains,
    domain_bursts,
)
from openletter.signatures.abuse.disposable_domains import is_disposable

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Those of which a rule says what becomes of them.
BURST, DOMAIN_BURST = bursts.REASON, domain_bursts.REASON
DISPOSABLE = disposable_domains.REASON
NO_MAIL_SERVER = "no mail server"
LISTED = "listed"
NO_PROOF = "no proof"
REMOVED_BEFORE = "removed before"
HELD_BEFORE = "held before"
# The verdicts that no flag or rule gave; see Signature.verdict.
REMOVED, HELD = "removed", "held"

# At most twenty characters a code, as in the column; a code that is stored keeps its meaning.
MEANINGS: dict[str, _StrPromise] = {
    LISTED: _("It comes from a watched source."),
    NO_PROOF: _("The proof of work that was asked for is missing."),
    REMOVED_BEFORE: _("A signature from this address was removed before."),
    HELD_BEFORE: _("A signature from this address was withdrawn while it was waiting for review."),
    NO_MAIL_SERVER: _("The domain of the address accepts no mail."),
    # A rule that objected, but did not hold it.
    **{reason: rule.SAYS for reason, rule in BY_REASON.items()},
}
# A person looks at these first, whatever the rules say.
HOLDING = (LISTED, REMOVED_BEFORE, HELD_BEFORE, NO_PROOF)


def address_flags(email_domain: str) -> list[str]:
    """Return the flags of a signature whose address is at this domain."""
    return [DISPOSABLE] if is_disposable(email_domain) else []


def reason_to_hold(found: Iterable[str]) -> str:
    """Return the flag for which a signature is held, or an empty text."""
    return next((flag for flag in HOLDING if flag in found), "")


def new_among(found: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the flags that are not known yet, in their order."""
    return [flag for flag in found if flag not in known]


def in_words(flags: Iterable[str]) -> str:
    """Return what flags mean, a sentence each; a code that nobody explained stands for itself."""
    return " ".join(str(MEANINGS.get(flag, flag)) for flag in flags)
