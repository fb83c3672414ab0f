"""How mail is doing, as the delivery page and `./run manage mailqueue` show it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.letters.models import Letter
from openletter.mail.models import DomainPause, Lane, OutgoingMail, Throttle
from openletter.mail.monitoring import statistics
from openletter.mail.monitoring.statistics import Numbers
from openletter.mail.outbox import dead_letters
from openletter.mailings.models import Mailing
from openletter.operations import confirmation_rates
from openletter.operations.confirmation_rates import DomainHours

MOST_LETTERS = 50
MOST_THROTTLES = 50
_TOPIC = "letter:"
_BATCH = "batch:"
# Why the mails of a letter wait, and what to look at before they go on.
WHY: dict[str, Promise] = {
    Throttle.Cause.UNCONFIRMED: _(
        "Hardly anybody confirms. Somebody may be entering other people's addresses; look at the"
        " newest attempts before you release the mails."
    ),
    Throttle.Cause.BOUNCES: _(
        "More than 5% of its mails bounced. Find out where the addresses come from: providers"
        " stop accepting mail from a site that keeps writing to addresses that do not exist."
    ),
    Throttle.Cause.COMPLAINTS: _(
        "More than 0.1% of its mails were marked as spam. Find out why people did not expect"
        " them: providers stop accepting mail from a site that many people complain about."
    ),
    Throttle.Cause.STAFF: _("Somebody on the team paused it."),
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
    code: str = ""  # what a terminal and programs call it, where that is not its name

    @property
    def cells(self) -> list[int]:
        return [getattr(self.numbers, name) for name in COLUMNS]


@dataclass(frozen=True)
class ThrottleView:
    """A throttle that is on: on what, why, and where it is let off."""

    throttle: Throttle
    name: str
    code: str
    mailing_id: int | None = None  # a mailing is paused and resumed on its own page

    @property
    def why(self) -> str | Promise:
        return WHY.get(self.throttle.cause, "")


@dataclass(frozen=True)
class Report:
    """Everything there is to see at one time."""

    at: datetime
    lanes: list[Row]
    letters: list[Row]
    throttles: list[ThrottleView]
    slow_domains: list[DomainPause]
    dead_letters: list[tuple[OutgoingMail, str]]  # each with the letter it is about, or ""
    alarms: list[tuple[Alarm, str]]
    rates: list[DomainHours]

    @property
    def total(self) -> Numbers:
        return statistics.total(row.numbers for row in self.lanes)


def make(*, now: datetime) -> Report:
    """Read it all, in a fixed number of queries."""
    found = statistics.by_lane_and_topic(now=now)
    throttles = list(Throttle.objects.order_by("at")[:MOST_THROTTLES])
    given_up, raised = dead_letters.newest(), alarms.open_alarms()
    by_topic = _letters_with(
        {topic for _lane, topic in found}
        | {throttle.key for throttle in throttles}
        | {alarm.key for alarm in raised}
        | {mail.topic for mail in given_up}
    )
    return Report(
        at=now,
        lanes=[
            Row(
                lane.label,
                statistics.total(n for (own, _topic), n in found.items() if own == lane),
                f"{lane}: {lane.label}",
            )
            for lane in Lane
        ],
        letters=_letters(found, by_topic),
        throttles=_throttles(throttles, by_topic),
        slow_domains=list(DomainPause.objects.filter(until__gt=now).order_by("-until")[:20]),
        dead_letters=[(mail, _title(by_topic, mail.topic)) for mail in given_up],
        alarms=[(alarm, _title(by_topic, alarm.key)) for alarm in raised],
        rates=confirmation_rates.by_hour(now=now),
    )


def _letters_with(topics: set[str]) -> dict[str, Letter]:
    numbers = [topic.removeprefix(_TOPIC) for topic in topics if topic.startswith(_TOPIC)]
    letters = Letter.objects.filter(pk__in=[number for number in numbers if number.isdecimal()])
    return {one.topic: one for one in letters.only("pk", "slug", "title", "sender_name")}


def _title(letters: dict[str, Letter], topic: str) -> str:
    return str(letters[topic]) if topic in letters else ""


def _letters(found: dict[tuple[str, str], Numbers], letters: dict[str, Letter]) -> list[Row]:
    """Return a row per letter, the busiest first; what is about no letter comes last."""
    by_topic: dict[str, Numbers] = defaultdict(Numbers)
    for (_lane, topic), numbers in found.items():
        by_topic[topic if topic in letters else ""] += numbers
    own = by_topic.pop("", None)
    busiest = sorted(by_topic.items(), key=lambda item: (-item[1].all, letters[item[0]].slug))
    rows = [
        Row(str(letters[topic]), numbers, letters[topic].slug)
        for topic, numbers in busiest[:MOST_LETTERS]
    ]
    if busiest[MOST_LETTERS:]:
        rest = statistics.total(numbers for _topic, numbers in busiest[MOST_LETTERS:])
        rows.append(Row(_("other letters"), rest))
    if own is not None:
        rows.append(Row(_("no letter: alarms and tests"), own))
    return rows


def _throttles(throttles: list[Throttle], letters: dict[str, Letter]) -> list[ThrottleView]:
    batches = [
        throttle.key.removeprefix(_BATCH)
        for throttle in throttles
        if throttle.key.startswith(_BATCH)
    ]
    mailings = {
        f"{_BATCH}{mailing.public_id}": mailing
        for mailing in Mailing.objects.filter(public_id__in=batches).select_related(
            "update__letter"
        )
    }
    views = []
    for throttle in throttles:
        mailing, letter = mailings.get(throttle.key), letters.get(throttle.key)
        if mailing:
            update = mailing.update
            code = f"{update.letter.slug}, {update.number}"
            views.append(ThrottleView(throttle, str(update), code, mailing.pk))
        elif letter:
            views.append(ThrottleView(throttle, str(letter), letter.slug))
        else:
            views.append(ThrottleView(throttle, throttle.key, throttle.key))
    return views
