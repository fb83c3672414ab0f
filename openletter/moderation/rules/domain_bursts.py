"""Note what came in a burst of forms for one e-mail domain; a flag of the form tells.

A university that tells its people of a letter makes such a burst, too. Big providers are not
counted.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Amount, Candidate, Mode, Setting

REASON = "domain burst"
NAME = _("many forms for one e-mail domain")
SAYS = _("Many forms came for addresses at one domain.")
CLEARED_BY = _("Look at the others of this domain: a university or a firm may well sign together.")
MODE = Mode.HINT
AMOUNT = Amount(50, 2, 1000, _("forms within an hour"))


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return REASON in candidate.facts.flags
