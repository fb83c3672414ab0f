"""Note a country that an unusual share of those name who signed last.

A program that signs rarely takes the trouble to vary it. So does a letter of one country, on which
this rule stays off.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Amount, Candidate, Mode, Setting

REASON = "country share"
NAME = _("share of a country")
SAYS = _("An unusual share of those who signed last name this country.")
CLEARED_BY = _("See whether the letter was in the news there.")
MODE = Mode.OFF
AMOUNT = Amount(60, 10, 99, _("percent of those who signed last"))


def objects(candidate: Candidate, setting: Setting) -> bool:
    return candidate.facts.country_percent > setting.amount
