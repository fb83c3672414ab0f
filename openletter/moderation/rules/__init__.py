"""The rules, one module each, listed by hand. A rule may hold; it never refuses or removes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from openletter.moderation.candidate import Candidate, Mode, Rule, Setting
from openletter.moderation.rules import (
    bursts,
    country_shares,
    disposable_domains,
    domain_bursts,
    external,
    first_signatories,
    look_alikes,
    mixed_scripts,
    notable_names,
    other_domains,
    quick_confirmations,
    repeated_names,
    shouting,
    slogans,
    web_addresses,
    word_lists,
)

# Of those that hold a signature, the first says why.
RULES: tuple[Rule, ...] = (
    cast("Rule", notable_names),
    cast("Rule", first_signatories),
    cast("Rule", bursts),
    cast("Rule", mixed_scripts),
    cast("Rule", look_alikes),
    cast("Rule", web_addresses),
    cast("Rule", shouting),
    cast("Rule", word_lists),
    cast("Rule", slogans),
    cast("Rule", external),
    cast("Rule", disposable_domains),
    cast("Rule", domain_bursts),
    cast("Rule", quick_confirmations),
    cast("Rule", repeated_names),
    cast("Rule", country_shares),
    cast("Rule", other_domains),
)
BY_REASON: dict[str, Rule] = {rule.REASON: rule for rule in RULES}
USUAL: Mapping[str, Setting] = {
    rule.REASON: Setting(rule.MODE, rule.AMOUNT.usual if rule.AMOUNT else 0) for rule in RULES
}


@dataclass(frozen=True)
class Judged:
    """What the rules say: why a person looks first, if one does, and which of them objected."""

    because: str = ""
    objections: tuple[str, ...] = ()


def judge(candidate: Candidate, settings: Mapping[str, Setting] = USUAL) -> Judged:
    """Ask every rule that is on."""
    objected = [
        (rule.REASON, settings[rule.REASON].mode)
        for rule in RULES
        if settings[rule.REASON].mode != Mode.OFF and rule.objects(candidate, settings[rule.REASON])
    ]
    because = next((reason for reason, mode in objected if mode == Mode.HOLD), "")
    return Judged(because, tuple(reason for reason, _mode in objected))
