"""Note what was confirmed sooner than most people read a mail.

Programs are as quick as that; so are people who type the code.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Amount, Candidate, Mode, Setting

REASON = "confirmed quickly"
NAME = _("quick confirmations")
SAYS = _("It was confirmed sooner than most people read a mail.")
CLEARED_BY = _("One alone means nothing. Look for others that are as quick, and alike.")
MODE = Mode.HINT
AMOUNT = Amount(30, 1, 600, _("seconds after the e-mail was asked for"))


def objects(candidate: Candidate, setting: Setting) -> bool:
    after = candidate.facts.confirmed_after
    return after is not None and after < setting.amount
