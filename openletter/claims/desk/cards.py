"""What the card of an objection shows: its words, both sides' facts, what can be done and why."""

from __future__ import annotations

from typing import Any

from openletter.claims import claiming, removals
from openletter.claims.desk import facts, overturned
from openletter.claims.desk.queue import Card
from openletter.claims.models import Appeal, Claim
from openletter.moderation import given_reasons
from openletter.signatures import held_reasons
from openletter.sweeps import in_words
from openletter.sweeps.models import Sweep


def of_appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "appeal": appeal,
        "card": Card.of(appeal),
        "one": appeal.signature,
        "removal": removals.against(appeal),
        "swept": _swept(appeal.sweep) if appeal.sweep else None,
        "rule": held_reasons.in_words(appeal.rule),
        "acts": {"restore": Appeal.Outcome.RESTORED, "uphold": Appeal.Outcome.UPHELD},
        "to_keep": given_reasons.TO_RESTORE,
        "to_remove": given_reasons.TO_UPHOLD,
    }


def _swept(sweep: Sweep) -> dict[str, Any]:
    """Return what is known of a sweep: what it looked for, and how many objected to it."""
    return {
        "sweep": sweep,
        "question": in_words.question(sweep),
        "objections": overturned.by_sweep(sweep),
    }


def of_claim(claim: Claim, *, among: frozenset[int] | None) -> dict[str, Any]:
    """`among` are the letters whose signatures the reader sees; None: all."""
    return {
        "claim": claim,
        "card": Card.of(claim),
        "one": claim.signature,
        "facts": facts.of(claim, among=among),
        "is_hidden": claim.signature.held_because == claiming.HELD_BECAUSE,
        "acts": {"remove": Claim.State.REMOVED, "keep": Claim.State.KEPT},
        "to_keep": given_reasons.TO_KEEP,
        "to_remove": given_reasons.TO_REMOVE_CLAIMED,
    }
