"""The rules as the desk lists them: what each does on the whole site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from openletter.moderation.candidate import Rule, Setting
from openletter.moderation.external_rule import address
from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings import in_force, record
from openletter.moderation.rule_settings.record import Verdicts
from openletter.moderation.rules import RULES, external

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Row:
    """A rule, and how it is set."""

    rule: Rule
    setting: Setting
    stored: RuleSetting | None  # that of the site, if staff chose one
    verdicts: Verdicts

    # Templates read no names in capitals from modules as nicely as these.
    @property
    def reason(self) -> str:
        return self.rule.REASON

    @property
    def name(self) -> _StrPromise:
        return self.rule.NAME

    @property
    def says(self) -> _StrPromise:
        return self.rule.SAYS

    @property
    def is_idle(self) -> bool:
        """Whether it judges nothing, because the operator names no program to ask."""
        return self.reason == external.REASON and not address.is_known()

    @property
    def amount_label(self) -> _StrPromise | str:
        return self.rule.AMOUNT.label if self.rule.AMOUNT else ""


def rows(now: datetime) -> list[Row]:
    """Return every rule, as it is set where no letter says otherwise."""
    stored = {row.rule: row for row in RuleSetting.objects.filter(letter=None)}
    lately = record.lately(now)
    settings = in_force.said_by(stored.values(), None)
    return [
        Row(
            rule,
            settings[rule.REASON],
            stored.get(rule.REASON),
            lately.get(rule.REASON, Verdicts()),
        )
        for rule in RULES
    ]
