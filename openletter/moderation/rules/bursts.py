"""Hold what came in a burst of forms from one network; a flag of the form tells (T05)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "burst"
NAME = _("many forms from one network")
SAYS = _("Many forms came from one network.")
CLEARED_BY = _("Look at the others from there: a class or a meeting may well sign together.")
MODE = Mode.HOLD
AMOUNT = None


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return REASON in candidate.facts.flags
