"""Tell a person when work that nobody waits for is stopped by a time limit, and when it is over.

A clean-up that was cancelled leaves no other trace than a line in a log that nobody reads.
"""

from __future__ import annotations

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from django.db import DatabaseError
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from openletter.alarms import flows as alarms

log = logging.getLogger(__name__)

ALARM = "a task was stopped"


def is_time_limit(problem: BaseException) -> bool:
    """Say whether it was the database's limit for a statement, or Celery's for a task."""
    limits = (SoftTimeLimitExceeded, TimeLimitExceeded, QueryCanceled)
    return isinstance(problem, limits) or isinstance(problem.__cause__, limits)


def failed(task: str, problem: BaseException, *, now: datetime) -> None:
    """Raise an alarm if a task was stopped by a time limit."""
    if not is_time_limit(problem):
        return
    text = _(
        "The task %(task)s was stopped by a time limit before it was done. It starts again at its"
        " next turn, but if it is stopped every time, its work never gets done. Check whether the"
        " database is overloaded or something holds a lock (pg_stat_activity), and look into the"
        " log of the workers."
    ) % {"task": task}
    try:
        alarms.raise_alarm(ALARM, task, text, now)
    except DatabaseError:
        log.exception("the alarm about %s could not be raised", task)


def succeeded(task: str, *, now: datetime) -> None:
    """Resolve the alarm about a task that came to its end, whichever worker raised it."""
    try:
        alarms.resolve(ALARM, task, now)
    except DatabaseError:
        log.exception("the alarm about %s could not be resolved", task)
