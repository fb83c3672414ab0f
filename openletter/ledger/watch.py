"""Look whether every number holds: a difference is an alarm of its letter, never repaired.

A little at each tick, so that who signs does not notice, and each letter once an hour. How far it
is stands in a row, so it goes on wherever the worker before it died.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.ledger import recounting
from openletter.ledger.models import Recount
from openletter.letters.models import Letter

ALARM = "a number does not agree"
UNFINISHED = "a recount is not finished"
WAITING = "no recount begins"
EVERY = timedelta(hours=1)
LONGEST = timedelta(hours=3)
# Of the ten between two ticks.
SECONDS = 0.2
_LOCK = 0x6E756D62  # any number, the same in every worker


def watch(*, now: datetime, seconds: float = SECONDS) -> None:
    """Go on counting again for a moment; raise an alarm for what differs, resolve what is over."""
    _watch_unfinished(now)
    until = time.monotonic() + seconds
    try:
        while _go_on(now) and time.monotonic() < until:
            pass
    finally:  # also if it fails each time
        _watch_waiting(now)


@transaction.atomic
def _go_on(now: datetime) -> bool:
    """Count one slice of what is begun, or begin with another letter; False when none is due."""
    begun = Recount.objects.select_for_update(skip_locked=True).filter(ended_at=None)
    one = begun.order_by("began_at", "pk").first() or _begin(now)
    if one is None:
        return False
    recounting.go_on(one, now=now)
    one.save()
    if one.ended_at is not None:
        _judge(one, now)
    return True


def _begin(now: datetime) -> Recount | None:
    """Begin with the letter for which it is the longest ago; None when none is due.

    One worker at a time, or two would begin with the same letter; the other has nothing to do
    until the next tick. What is due is read after the lock is ours, so it is what the one before
    left.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            return None
    letter = _next_due(now)
    return recounting.begin(letter, now=now) if letter else None


def _next_due(now: datetime) -> Letter | None:
    """Return the letter that is to be counted again before all others, if it is time to."""
    due = Letter.objects.filter(Q(recount=None) | Q(recount__ended_at__lte=now - EVERY))
    in_turn = due.select_related("recount")
    return in_turn.order_by(F("recount__ended_at").asc(nulls_first=True), "pk").first()


def _judge(one: Recount, now: datetime) -> None:
    # Not the topic of the letter's mails: whoever lets these go on must not resolve this too.
    key = f"number:{one.letter_id}"
    if one.agrees:
        alarms.resolve(ALARM, key, now)
    else:
        alarms.raise_alarm(ALARM, key, _what_differs(one), now)
    alarms.resolve(UNFINISHED, key, now)


def _watch_unfinished(now: datetime) -> None:
    """Let nobody believe a number that was counted again and again, and never to the end."""
    late = Recount.objects.filter(ended_at=None, began_at__lt=now - LONGEST)
    for one in late.select_related("letter"):
        text = _(
            "The number of signatures on %(letter)s has been counted again since %(began)s, and"
            " that is not finished. Until it is, nobody notices if the number is wrong. Check"
            " whether the database is overloaded, and look into the log of the workers;"
            " ./run manage recount counts at once."
        ) % {
            "letter": one.letter.slug,
            "began": date_format(localtime(one.began_at), "DATETIME_FORMAT"),
        }
        alarms.raise_alarm(UNFINISHED, f"number:{one.letter_id}", text, now)


def _watch_waiting(now: datetime) -> None:
    """Let nobody believe numbers either that nobody begins to count again.

    One alarm for all letters, as they wait for the same; and none where the site had been stopped,
    and begins with one letter after another now.
    """
    key = "numbers"
    begins = Recount.objects.filter(began_at__gt=now - LONGEST).exists()
    letter = None if begins else _next_due(now)
    since = _due_since(letter) if letter else now
    if letter is None or since > now - LONGEST:
        alarms.resolve(WAITING, key, now)
        return
    text = _(
        "The number of signatures on %(letter)s was due to be counted again at %(due)s, and for"
        " hours neither that nor any other recount has begun. Until they do, nobody notices if a"
        " number is wrong. Check whether the database is overloaded, and look into the log of the"
        " workers; ./run manage recount counts at once."
    ) % {"letter": letter.slug, "due": date_format(localtime(since), "DATETIME_FORMAT")}
    alarms.raise_alarm(WAITING, key, text, now)


def _due_since(letter: Letter) -> datetime:
    last: Recount | None = getattr(letter, "recount", None)
    return last.ended_at + EVERY if last and last.ended_at else letter.created_at


def _what_differs(one: Recount) -> str:
    return _(
        "The number of signatures on %(letter)s does not add up: the page shows %(tally)s,"
        " %(rows)s signatures are published, and the ledger comes to %(ledger)s (%(entries)s of"
        " %(next)s lines). Do not quote the number until you have found out who changed the"
        " database; ./run manage recount shows the details. Nothing is corrected automatically."
    ) % {
        "letter": one.letter.slug,
        "tally": one.tally,
        "rows": one.counted,
        "ledger": one.moved,
        "entries": one.entries,
        "next": one.next_index,
    }
