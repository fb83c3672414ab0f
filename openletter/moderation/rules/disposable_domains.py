"""Note addresses at services that hand out mailboxes for minutes; a flag of the form tells.

Many who value their privacy have such an address, so by itself it holds nobody.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "disposable"
NAME = _("throwaway mailboxes")
SAYS = _("The address belongs to a service for throwaway mailboxes.")
CLEARED_BY = _(
    "See whether the name and the words make sense: honest people use such addresses, too."
)
MODE = Mode.HINT
AMOUNT = None


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return REASON in candidate.facts.flags
