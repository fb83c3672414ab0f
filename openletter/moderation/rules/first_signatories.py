"""Hold whoever has the name of a first signatory of the letter: those have signed already."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "first signatory"
NAME = _("names of first signatories")
SAYS = _("A first signatory of this letter has the same name.")
CLEARED_BY = _("Ask the first signatory, or see that it is somebody else of the same name.")
MODE = Mode.HOLD
AMOUNT = None


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return candidate.facts.is_first_signatory
