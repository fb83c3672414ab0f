"""What a changed rule would have done to those who signed last, before it does anything."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from openletter.letters.models import Letter
from openletter.moderation import rules
from openletter.moderation.candidate import Candidate, Mode, Setting
from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings import in_force
from openletter.moderation.rules import BY_REASON, domain_bursts
from openletter.signatures import judgement, rule_facts
from openletter.signatures.abuse import flags
from openletter.signatures.models import Signature

LAST, SAMPLE = 10_000, 20
# What is not looked at by then is left out: somebody waits for the answer.
_SECONDS = 4.0
_HOUR = timedelta(hours=1)


@dataclass
class Trial:
    """What would have been; keys of signatures, the newest first."""

    looked_at: int = 0
    objected_before: int = 0
    objected_after: int = 0
    more: list[int] = field(default_factory=list)
    fewer: list[int] = field(default_factory=list)
    is_cut: bool = False

    def sample(self) -> list[tuple[Signature, bool]]:
        """Return some of those for whom it makes a difference, and whether they would be held."""
        more, fewer = _spread(self.more, SAMPLE), _spread(self.fewer, SAMPLE)
        keys = [*more[: SAMPLE - min(len(fewer), SAMPLE // 2)], *fewer][:SAMPLE]
        rows = Signature.objects.filter(pk__in=keys).select_related("letter").defer("email")
        found = rows.in_bulk()
        return [(found[key], key in self.more) for key in keys if key in found]


@dataclass(frozen=True)
class _Looked:
    """A signature, and what was known of others when it came."""

    signature: Signature
    country_percent: int
    same_names: int
    of_domain: int


def run(changed: RuleSetting, *, among: Collection[int] | None = None) -> Trial:
    """Judge those who confirmed last as the rule is set now, and as it would be.

    `among` are the letters that the reader may see; None: all. What is known of others is what
    confirmed signatures say, so bursts look a little smaller than they were.
    """
    rows = _rows(changed, among)
    looked = list(_with_what_was_known(rows))
    settings = _Settings(changed)
    trial, ends = Trial(), time.monotonic() + _SECONDS
    for one in reversed(looked):
        if time.monotonic() > ends:
            trial.is_cut = True
            break
        _try(one, changed.rule, settings, trial)
    return trial


class _Settings:
    """How the rules are set on each letter, now and with the change."""

    def __init__(self, changed: RuleSetting) -> None:
        kept = [row for row in RuleSetting.objects.all() if not _same_place(row, changed)]
        self._rows = [*kept, changed]
        self._after: dict[int, Mapping[str, Setting]] = {}

    def of(self, letter_id: int) -> tuple[Mapping[str, Setting], Mapping[str, Setting]]:
        if letter_id not in self._after:
            self._after[letter_id] = in_force.said_by(self._rows, letter_id)
        return in_force.on(letter_id), self._after[letter_id]


def _same_place(row: RuleSetting, changed: RuleSetting) -> bool:
    return row.pk == changed.pk or (row.rule, row.letter_id) == (changed.rule, changed.letter_id)


def _rows(changed: RuleSetting, among: Collection[int] | None) -> list[Signature]:
    """Return those who confirmed last, the newest first, where the change would be in force."""
    # Where everything is held, no rule makes a difference.
    reviewed = Letter.objects.filter(policy=Letter.Policy.AFTER_REVIEW)
    rows = Signature.objects.filter(confirmed_at__isnull=False, erased_at=None).exclude(
        letter__in=reviewed
    )
    if changed.letter_id is not None:
        rows = rows.filter(letter=changed.letter_id)
    else:
        own = RuleSetting.objects.filter(rule=changed.rule, letter__isnull=False)
        rows = rows.exclude(letter__in=own.values("letter"))
    if among is not None:
        rows = rows.filter(letter__in=among)
    return list(rows.order_by("-created_at", "-pk").defer("email", "search_text")[:LAST])


def _with_what_was_known(rows: list[Signature]) -> Iterator[_Looked]:
    """Return them, the oldest first, each with what those before it on its letter told."""
    last: dict[int, _Last] = defaultdict(_Last)
    for one in reversed(rows):
        before = last[one.letter_id]
        country = str(one.country or "")
        yield _Looked(
            one,
            before.known.percent_from(country),
            before.known.called(one.name),
            before.of_domain(one.email_domain, one.created_at),
        )
        before.add(one)


class _Last:
    """Those who signed last on a letter, one after the other."""

    def __init__(self) -> None:
        self.known = rule_facts.OfLast()
        self._rows: deque[tuple[str, str]] = deque()
        self._by_domain: dict[str, deque[datetime]] = defaultdict(deque)

    def of_domain(self, domain: str, at: datetime) -> int:
        times = self._by_domain[domain]
        while times and times[0] < at - _HOUR:
            times.popleft()
        return len(times)

    def add(self, one: Signature) -> None:
        row = (str(one.country or ""), one.name)
        self._rows.append(row)
        self.known.count(*row)
        if len(self._rows) > rule_facts.LAST:
            self.known.count(*self._rows.popleft(), by=-1)
        self._by_domain[one.email_domain].append(one.created_at)


def _try(one: _Looked, reason: str, settings: _Settings, trial: Trial) -> None:
    before, after = settings.of(one.signature.letter_id)
    rule, candidate = BY_REASON[reason], judgement.candidate(one.signature, told_of=reason)
    objected, held = [], []
    for setting in (before[reason], after[reason]):
        most = setting.amount if reason == domain_bursts.REASON else None
        objects = rule.objects(_told(candidate, one, most), setting)
        objected.append(objects and setting.mode != Mode.OFF)
        held.append(objects and setting.mode == Mode.HOLD)
    trial.looked_at += 1
    trial.objected_before += objected[0]
    trial.objected_after += objected[1]
    if held[0] != held[1] and not _is_held_anyway(one, reason, before):
        (trial.more if held[1] else trial.fewer).append(one.signature.pk)


def _told(candidate: Candidate, one: _Looked, of_domain: int | None = None) -> Candidate:
    """Return it with what was known of others; the flag of a full domain made anew, if asked."""
    signature, found = one.signature, list(one.signature.flags)
    if of_domain is not None:
        found = [domain_bursts.REASON] if one.of_domain >= of_domain else []
    waited = (signature.confirmed_at or signature.asked_at) - signature.asked_at
    told = replace(
        candidate.facts,
        flags=tuple(found),
        confirmed_after=waited.total_seconds(),
        country_percent=one.country_percent,
        same_names=one.same_names,
    )
    return replace(candidate, facts=told)


def _is_held_anyway(one: _Looked, reason: str, settings: Mapping[str, Setting]) -> bool:
    """Say whether a flag or another rule would hold it, whatever this one does."""
    if flags.reason_to_hold(one.signature.flags):
        return True
    others = {**settings, reason: Setting(Mode.OFF)}
    return bool(rules.judge(_told(judgement.candidate(one.signature), one), others).because)


def _spread(keys: list[int], most: int) -> list[int]:
    """Return at most so many, from all over the list."""
    if len(keys) <= most:
        return keys
    return [keys[place * len(keys) // most] for place in range(most)]
