"""Hold whoever signs by a name that staff watch, until somebody has asked them in another way."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "notable name"
NAME = _("watched names")
SAYS = _("The name is one that staff watch: please ask in another way.")
CLEARED_BY = _(
    "Ask the person, or whom the list names, in another way than by this e-mail address."
)
MODE = Mode.HOLD
AMOUNT = None


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return candidate.facts.is_watched
