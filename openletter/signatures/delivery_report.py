"""How mail is doing, as the delivery page and `./run manage mailqueue` show it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Letter
from openletter.mail import alarms, parked, statistics
from openletter.mail.models import Alarm, Brake, DomainPause, Lane, OutgoingMail
from openletter.mail.statistics import Numbers
from openletter.signatures import confirmation_rates
from openletter.signatures.confirmation_rates import DomainHours
from openletter.signatures.models import Mailing

MOST_LETTERS = 50
MOST_BRAKES = 50
_TOPIC = "letter:"
_BATCH = "batch:"
# Why the mails of a letter wait, and what to look at before they go on.
WHY: dict[str, Promise] = {
    Brake.Cause.UNCONFIRMED: _(
        "Hardly anybody confirms. Somebody may be entering other people's addresses; look at the"
        " newest attempts before you let the mails go on."
    ),
    Brake.Cause.BOUNCES: _(
        "More than 5 % of its mails came back. Find out where the addresses come from: providers"
        " stop taking mail from a site that keeps writing to addresses that do not exist."
    ),
    Brake.Cause.COMPLAINTS: _(
        "More than 0.1 % of its mails were marked as spam. Find out why people did not expect"
        " them: providers stop taking mail from a site that many complain about."
    ),
    Brake.Cause.STAFF: _("Somebody on the team paused it."),
}
# What stands above the numbers, in their order.
COLUMNS: dict[str, Promise] = {
    "due": _("due"),
    "later": _("not yet due"),
    "in_flight": _("in flight"),
    "deferred": _("deferred"),
    "parked": _("given up"),
    "sent": _("sent in 24 hours"),
    "bounced": _("bounced"),
    "complained": _("marked as spam"),
    "suppressed": _("suppressed"),
}


@dataclass(frozen=True)
class Row:
    """The numbers of a lane or a letter."""

    name: str | Promise
    numbers: Numbers

    @property
    def cells(self) -> list[int]:
        return [getattr(self.numbers, name) for name in COLUMNS]


@dataclass(frozen=True)
class BrakeView:
    """A brake that is on: on what, why, and where it is let off."""

    brake: Brake
    name: str
    mailing_id: int | None = None  # a mailing is paused and resumed on its own page

    @property
    def why(self) -> str | Promise:
        return WHY.get(self.brake.cause, "")


@dataclass(frozen=True)
class Report:
    """Everything there is to see at one time."""

    at: datetime
    lanes: list[Row]
    letters: list[Row]
    brakes: list[BrakeView]
    slow_domains: list[DomainPause]
    parked: list[tuple[OutgoingMail, str]]  # each with the letter it is about, or ""
    alarms: list[tuple[Alarm, str]]
    rates: list[DomainHours]

    @property
    def total(self) -> Numbers:
        return statistics.total(row.numbers for row in self.lanes)


def make(*, now: datetime) -> Report:
    """Read it all, in a fixed number of queries."""
    found = statistics.by_lane_and_topic(now=now)
    brakes = list(Brake.objects.order_by("at")[:MOST_BRAKES])
    given_up, raised = parked.newest(), alarms.open_alarms()
    titles = _titles(
        {topic for _lane, topic in found}
        | {brake.key for brake in brakes}
        | {alarm.key for alarm in raised}
        | {mail.topic for mail in given_up}
    )
    return Report(
        at=now,
        lanes=[
            Row(
                lane.label,
                statistics.total(n for (own, _topic), n in found.items() if own == lane),
            )
            for lane in Lane
        ],
        letters=_letters(found, titles),
        brakes=_brakes(brakes, titles),
        slow_domains=list(DomainPause.objects.filter(until__gt=now).order_by("-until")[:20]),
        parked=[(mail, titles.get(mail.topic, "")) for mail in given_up],
        alarms=[(alarm, titles.get(alarm.key, "")) for alarm in raised],
        rates=confirmation_rates.by_hour(now=now),
    )


def _titles(topics: set[str]) -> dict[str, str]:
    numbers = [topic.removeprefix(_TOPIC) for topic in topics if topic.startswith(_TOPIC)]
    letters = Letter.objects.filter(pk__in=[number for number in numbers if number.isdecimal()])
    return {letter.topic: str(letter) for letter in letters.only("pk", "title", "sender_name")}


def _letters(found: dict[tuple[str, str], Numbers], titles: dict[str, str]) -> list[Row]:
    """Return a row per letter, the busiest first; what is about no letter comes last."""
    by_topic: dict[str, Numbers] = defaultdict(Numbers)
    for (_lane, topic), numbers in found.items():
        by_topic[topic if topic in titles else ""] += numbers
    own = by_topic.pop("", None)
    busiest = sorted(by_topic.items(), key=lambda item: (-item[1].all, titles[item[0]]))
    rows = [Row(titles[topic], numbers) for topic, numbers in busiest[:MOST_LETTERS]]
    if busiest[MOST_LETTERS:]:
        rest = statistics.total(numbers for _topic, numbers in busiest[MOST_LETTERS:])
        rows.append(Row(_("other letters"), rest))
    if own is not None:
        rows.append(Row(_("about no letter: alarms and tests"), own))
    return rows


def _brakes(brakes: list[Brake], titles: dict[str, str]) -> list[BrakeView]:
    batches = [brake.key.removeprefix(_BATCH) for brake in brakes if brake.key.startswith(_BATCH)]
    mailings = {
        f"{_BATCH}{mailing.public_id}": mailing
        for mailing in Mailing.objects.filter(public_id__in=batches).select_related(
            "update__letter"
        )
    }
    views = []
    for brake in brakes:
        mailing = mailings.get(brake.key)
        if mailing:
            views.append(BrakeView(brake, str(mailing.update), mailing.pk))
        else:
            views.append(BrakeView(brake, titles.get(brake.key, brake.key)))
    return views
