"""How the rules are set: what staff say for a letter, else for the site, else what is usual."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from openletter.lib.db import search
from openletter.moderation.candidate import Mode, Setting
from openletter.moderation.models import RuleSetting
from openletter.moderation.rules import RULES

# How long a process goes on with what it read; every confirmation asks for it.
_KEPT_SECONDS = 10.0


@dataclass
class _Read:
    rows: list[RuleSetting]
    by_letter: dict[int | None, Mapping[str, Setting]] = field(default_factory=dict)


_kept: tuple[float, _Read] | None = None


def on(letter_id: int | None) -> Mapping[str, Setting]:
    """Return how each rule is set on a letter, by its reason; None is the site as a whole."""
    global _kept
    kept = _kept  # once: another thread may forget it meanwhile
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        kept = _kept = (time.monotonic(), _Read(list(RuleSetting.objects.order_by("pk"))))
    found = kept[1].by_letter.get(letter_id)
    if found is None:
        found = kept[1].by_letter[letter_id] = said_by(kept[1].rows, letter_id)
    return found


def forget() -> None:
    """Read them again before the next answer, because they changed."""
    global _kept
    _kept = None


def said_by(rows: Iterable[RuleSetting], letter_id: int | None) -> dict[str, Setting]:
    """Return what some rows say about a letter, by the reason of each rule."""
    said = {(row.letter_id, row.rule): row for row in rows}
    settings = {}
    for rule in RULES:
        of_site, of_letter = said.get((None, rule.REASON)), None
        if letter_id is not None:
            of_letter = said.get((letter_id, rule.REASON))
        row = of_letter or of_site
        amounts = [one.amount for one in (of_letter, of_site) if one and one.amount is not None]
        usual = rule.AMOUNT.usual if rule.AMOUNT else 0
        # A letter adds its words to those of the site.
        words = [one.words for one in (of_site, of_letter) if one]
        settings[rule.REASON] = Setting(
            mode=Mode(row.mode) if row else rule.MODE,
            amount=[*amounts, usual][0],
            words=_pattern("\n".join(words)),
        )
    return settings


def _pattern(words: str) -> re.Pattern[str] | None:
    spelled = {search.fold(word).strip() for word in words.splitlines()} - {""}
    if not spelled:
        return None
    return re.compile(f" (?:{'|'.join(re.escape(word) for word in sorted(spelled))}) ")
