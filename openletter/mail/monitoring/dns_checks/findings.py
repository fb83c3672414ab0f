"""What a look-up found, in words for the operator."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    GOOD = "good", _("good")
    LOOK = "look", _("needs attention")
    MISSING = "missing", _("missing")
    UNKNOWN = "unknown", _("could not be looked up")


@dataclass(frozen=True)
class Finding:
    """One judgement: what was found, and a sentence what to do."""

    name: str
    verdict: Verdict
    advice: str
    found: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sender:
    """Who the mails come from, as far as receivers look."""

    domain: str  # of the From address
    envelope_domain: str  # of the address that bounces come back to
    relay: str  # the host that takes our mail; "" when it is a provider's interface
    selectors: tuple[str, ...]
    selectors_are_guessed: bool


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict to show where one check found several things."""
    order = [Verdict.MISSING, Verdict.LOOK, Verdict.UNKNOWN, Verdict.GOOD]
    return min(verdicts, key=order.index)
