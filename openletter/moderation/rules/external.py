"""Hold what another program of the operator's objects to (moderation/external_rule/).

It was asked beforehand, as it may take its time; here is only read what came of it. A signature to
which it objected before has its flag.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "external rule"
NAME = _("another program")
SAYS = _("Another program, which the operator of this site asks, objects.")
CLEARED_BY = _("Read what the program says, if it says anything: it has only seen the words.")
MODE = Mode.HOLD
AMOUNT = None


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return candidate.facts.is_objected_to or REASON in candidate.facts.flags
