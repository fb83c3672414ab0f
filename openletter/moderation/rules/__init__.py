"""The rules, one module each, listed by hand. A rule may hold; it never refuses or removes."""

from __future__ import annotations

from typing import cast

from openletter.moderation.candidate import Candidate, Rule
from openletter.moderation.rules import (
    look_alikes,
    mixed_scripts,
    notable_names,
    shouting,
    web_addresses,
)

RULES: tuple[Rule, ...] = (
    cast("Rule", notable_names),
    cast("Rule", mixed_scripts),
    cast("Rule", look_alikes),
    cast("Rule", web_addresses),
    cast("Rule", shouting),
)


def reason_to_hold(candidate: Candidate) -> str:
    """Return the reason of the first rule that wants a person to look, or an empty text."""
    return next((rule.REASON for rule in RULES if rule.holds(candidate)), "")
