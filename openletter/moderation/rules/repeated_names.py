"""Note a name under which others signed the letter lately.

Whoever signs again and again with one name has many addresses, or many people have that name.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Amount, Candidate, Mode, Setting

REASON = "repeated name"
NAME = _("the same name again")
SAYS = _("Others have signed this letter under the same name lately.")
CLEARED_BY = _("See whether the others differ in anything: many people share common names.")
MODE = Mode.HINT
AMOUNT = Amount(3, 1, 100, _("others of this name among those who signed last"))


def objects(candidate: Candidate, setting: Setting) -> bool:
    return candidate.facts.same_names >= setting.amount
