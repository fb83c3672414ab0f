"""The time that all machines of a site agree on: the database's.

A worker whose clock is ahead would take mails over from another that is still sending them, and a
web process whose clock is ahead would owe mails in the future. So each process knows by how much
its own clock is off, and every time that is stored or compared with a stored one comes from here.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from openletter.lib.db.statements import only_row_of

log = logging.getLogger(__name__)

# More than any machine is off that keeps its clock by the network.
MOST_OFF = timedelta(seconds=5)
_ASK_AGAIN_AFTER_SECONDS = 30.0
_ASK = "SELECT clock_timestamp()"
_NONE = timedelta(0)


@dataclass(frozen=True)
class _Known:
    """What a process knows of its own clock, and since when."""

    behind: timedelta = _NONE  # of the database's; negative when it is ahead
    asked_at: float | None = None


_known = _Known()


def now() -> datetime:
    """Return the time by the database's clock, as far as this process knows it."""
    return timezone.now() + _known.behind


def ask() -> datetime:
    """Ask the database for the time, where being a little wrong would do harm.

    In a transaction this is as good as `now()` in its statements: PostgreSQL ends one in which
    nothing happens for a few seconds, so what is asked for there is never old.
    """
    before = timezone.now()
    (there,) = only_row_of(_ASK, [])
    _learn(before, there, timezone.now())
    return there  # type: ignore[no-any-return]


def learn_from(connection: Any) -> None:
    """Compare the clocks over a new connection of psycopg, unless that was done a moment ago."""
    asked_at = _known.asked_at
    if asked_at is not None and time.monotonic() - asked_at < _ASK_AGAIN_AFTER_SECONDS:
        return
    before = timezone.now()
    (there,) = connection.execute(_ASK).fetchone()
    _learn(before, there, timezone.now())


def behind() -> timedelta:
    """Return how far this machine's clock is behind the database's; negative when it is ahead."""
    return _known.behind


def is_wrong() -> bool:
    """Say whether this machine's clock should be set right."""
    return abs(_known.behind) > MOST_OFF


def _learn(before: datetime, there: datetime, after: datetime) -> None:
    """Note the difference, as far as the time that the answer took does not explain it.

    So it is nothing at all where both have the same clock, however busy the machine is.
    """
    global _known
    was_wrong = is_wrong()
    if there > after:
        found = there - after
    elif there < before:
        found = there - before
    else:
        found = _NONE
    _known = _Known(found, time.monotonic())
    if is_wrong() and not was_wrong:
        log.warning("clock: this machine's differs by %+.0f s", -found.total_seconds())
