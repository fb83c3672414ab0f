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
HOLDS = "given: holds"

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
# About objections: to a removal, or to a name on the list.
TO_RESTORE: dict[str, _StrPromise] = {
    APPEALED: _("Its signatory was right to object."),
    "given: asked": TO_PUBLISH["given: asked"],
    "given: known": TO_PUBLISH["given: known"],
}
TO_UPHOLD: dict[str, _StrPromise] = {
    HOLDS: _("The objection says nothing that would change the reason for the removal."),
    "given: unproven": _("We asked, and could not make sure that it is genuine."),
}
TO_KEEP: dict[str, _StrPromise] = {
    **TO_PUBLISH,
    "given: namesake": _("Somebody else has the same name."),
}
TO_REMOVE_CLAIMED: dict[str, _StrPromise] = {
    CLAIMED: _("Somebody told us that the name is theirs, and that they did not sign."),
    "given: somebody else": TO_REMOVE["given: somebody else"],
}
# Who signs by a program reads no mail, or is somebody whose address it used.
NOBODY_TO_TELL = frozenset({"given: scripted"})
_ALL = {
    **TO_PUBLISH,
    **TO_REMOVE,
    **TO_RESTORE,
    **TO_UPHOLD,
    **TO_KEEP,
    **TO_REMOVE_CLAIMED,
    UNDONE: _("A decision was undone."),
}


def in_words(reason: str) -> str:
    """Return what a code says; a reason that somebody wrote stands for itself."""
    return str(_ALL.get(reason, reason))
