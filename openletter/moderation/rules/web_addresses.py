"""Hold a person's name or a comment that has what may be a web address in it.

The form refuses sure addresses. What only has a dot may be one, or a title, or a sentence whose
space was forgotten. Organisations and affiliations are left alone: "Booking.com" is a firm.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.lib.people import links
from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "web address"
NAME = _("web addresses")
SAYS = _("It may contain a web address.")
CLEARED_BY = _(
    "See whether it is a title, an abbreviation or a forgotten space, and leads nowhere."
)
MODE = Mode.HOLD
AMOUNT = None


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return any(links.looks_like_domain(text) for text in (candidate.person, candidate.comment))
