"""Reasons that moderators give most often: by a digit, in everybody's language.

What is stored is the code, which nobody types by chance. A reason of one's own is stored as it was
written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LOOKED_AT = "given: looked at"
UNDONE = "given: undone"
CLAIMED = "given: claimed"
APPEALED = "given: appealed"

# In the order of the digits. A code that is stored keeps its meaning.
TO_PUBLISH: dict[str, _StrPromise] = {
    LOOKED_AT: _("Looked at, and nothing speaks against it."),
    "given: known": _("The person or the organisation is known to us."),
    "given: asked": _("We asked in another way, and it is genuine."),
}
TO_REMOVE: dict[str, _StrPromise] = {
    "given: no name": _("It is not the name of a person or an organisation."),
    "given: somebody else": _("It claims to be somebody else."),
    "given: advertising": _("It is advertising, or leads to another page."),
    "given: abuse": _("It insults somebody or breaks the law."),
    "given: twice": _("The same person has signed already."),
    "given: scripted": _("It is one of many that a program sent."),
}
# Who signs by a program reads no mail, or is somebody whose address it used.
NOBODY_TO_TELL = frozenset({"given: scripted"})
_ALL = {
    **TO_PUBLISH,
    **TO_REMOVE,
    CLAIMED: _("Somebody told us that the name is theirs, and that they did not sign."),
    UNDONE: _("A decision was undone."),
    APPEALED: _("Its signatory was right to object."),
}


def in_words(reason: str) -> str:
    """Return what a code says; a reason that somebody wrote stands for itself."""
    return str(_ALL.get(reason, reason))
