"""What makes a signature suspect: the codes that are stored, and what they say to moderators.

A flag refuses nobody; it is a reason to look.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from disposable_email_domains import blocklist
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DISPOSABLE = "disposable"
NO_MAIL_SERVER = "no mail server"

# At most twenty characters a code, as in the column; a code that is stored keeps its meaning.
MEANINGS: dict[str, _StrPromise] = {
    DISPOSABLE: _("The address is at a service for throwaway mailboxes."),
    NO_MAIL_SERVER: _("The domain of the address takes no mail."),
}


def address_flags(email_domain: str) -> list[str]:
    """Return the flags of a signature whose address is at this domain."""
    domain = email_domain.lower()
    while "." in domain:
        if domain in blocklist:
            return [DISPOSABLE]
        domain = domain.partition(".")[2]  # these services hand out subdomains too
    return []


def in_words(flags: Iterable[str]) -> str:
    """Return what flags mean, a sentence each; a code that nobody explained stands for itself."""
    return " ".join(str(MEANINGS.get(flag, flag)) for flag in flags)
