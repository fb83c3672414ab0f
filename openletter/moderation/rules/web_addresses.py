"""Hold a person's name or a comment that has what may be a web address in it.

The form refuses sure addresses. What only has a dot may be one, or a title, or a sentence whose
space was forgotten. Organisations and affiliations are left alone: "Booking.com" is a firm.
"""

from __future__ import annotations

from openletter.lib.people import links
from openletter.moderation.candidate import Candidate

REASON = "web address"


def holds(candidate: Candidate) -> bool:
    return any(links.looks_like_domain(text) for text in (candidate.person, candidate.comment))
