"""The Celery app, its queues, and the whole beat schedule as one table."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import schedule
from celery.signals import (
    task_failure,
    task_prerun,
    task_success,
    worker_before_create_process,
    worker_init,
    worker_process_init,
)
from django.conf import settings
from django.utils.log import configure_logging

from openletter.lib.celery.broker_watchdog import BrokerWatchdog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletter.settings")

# Beat names tasks and runs none, so it loads no Django but the settings: half of the memory.
_IS_BEAT = os.environ.get("OPENLETTER_PROCESS") == "beat"

app = Celery("openletter", fixups=[] if _IS_BEAT else None)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
if _IS_BEAT:
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
app.steps["consumer"].add(BrokerWatchdog)


@task_prerun.connect
def _leave_broken_connections(task: Any, **_of_the_signal: Any) -> None:
    """Begin no task with a connection that broke in the last one, such as in a crash of PostgreSQL.

    Celery does not look at it: it only closes the connection every so many tasks
    (CELERY_DB_REUSE_MAX).
    """
    from django.db import close_old_connections

    if not task.request.is_eager:
        close_old_connections()


@task_failure.connect
def _tell_of_time_limits(sender: Any, exception: BaseException, **_of_the_signal: Any) -> None:
    """Let no clean-up and no recount be believed that was stopped on its way."""
    from openletter.alarms import unfinished_tasks
    from openletter.lib.db import clock

    unfinished_tasks.failed(sender.name, exception, now=clock.now())


@task_success.connect
def _tell_of_success(sender: Any, **_of_the_signal: Any) -> None:
    from openletter.alarms import unfinished_tasks
    from openletter.lib.db import clock

    unfinished_tasks.succeeded(sender.name, now=clock.now())


@worker_init.connect
def _insist_on_a_fit_database(**_of_the_signal: Any) -> None:
    """Do not begin where a query could hang for ever, or a mail go out twice."""
    from openletter.lib.db import fitness

    try:
        fitness.insist_on_fitness()
    except fitness.Unfit as problem:  # Celery would write any other exception down and go on
        raise SystemExit(str(problem)) from problem


@worker_before_create_process.connect
def _share_memory(**_of_the_signal: Any) -> None:
    from openletter.lib import preload

    preload.before_forking()


@worker_process_init.connect
def _compare_clocks(**_of_the_signal: Any) -> None:
    from openletter.alarms import wrong_clocks

    wrong_clocks.watch_anew()


# Every tick does all there is to do; lib/celery/ticks.py keeps them from piling up.
app.conf.beat_schedule = {
    "deliver confirmation mail": {
        "task": "openletter.mail.tasks.deliver_due",
        "schedule": schedule(1.0),
        "kwargs": {"lane": "confirm"},
        "options": {"queue": "confirm"},
    },
    "deliver bulk mail": {
        "task": "openletter.mail.tasks.deliver_due",
        "schedule": schedule(1.0),
        "kwargs": {"lane": "bulk"},
        "options": {"queue": "bulk"},
    },
    "expire old attempts": {
        "task": "openletter.signatures.tasks.expire_attempts",
        "schedule": schedule(600.0),
        "options": {"queue": "default"},
    },
    "remind the unconfirmed": {
        "task": "openletter.signatures.tasks.remind",
        "schedule": schedule(60.0),
        "options": {"queue": "default"},
    },
    "watch for list bombing": {
        "task": "openletter.signatures.tasks.watch_confirmations",
        "schedule": schedule(60.0),
        "options": {"queue": "default"},
    },
    "watch domains and the queue": {
        "task": "openletter.operations.tasks.watch_delivery",
        "schedule": schedule(60.0),
        "options": {"queue": "default"},
    },
    "look up domains": {
        "task": "openletter.signatures.tasks.watch_domains",
        "schedule": schedule(300.0),
        "options": {"queue": "default"},
    },
    "work on mailings": {
        "task": "openletter.mailings.tasks.work_on_mailings",
        "schedule": schedule(5.0),
        "options": {"queue": "default"},
    },
    "work on sweeps": {
        "task": "openletter.sweeps.tasks.work_on_sweeps",
        "schedule": schedule(2.0),
        "options": {"queue": "default"},
    },
    "take new names into the search": {
        "task": "openletter.signatures.tasks.tidy_search",
        "schedule": schedule(20.0),
        "options": {"queue": "default"},
    },
    "watch bounces and complaints": {
        "task": "openletter.mail.tasks.watch_reports",
        "schedule": schedule(60.0),
        "options": {"queue": "default"},
    },
    "forget old reports and spent quotas": {
        "task": "openletter.mail.tasks.forget_old",
        "schedule": schedule(86400.0),
        "options": {"queue": "default"},
    },
    # More often than the days it counts in, so that a run that was missed is made up for.
    "delete what is kept no longer": {
        "task": "openletter.privacy.tasks.expire",
        "schedule": schedule(3600.0),
        "options": {"queue": "default"},
    },
    "let what was erased leave the disk": {
        "task": "openletter.privacy.tasks.vacuum_erased",
        "schedule": schedule(20.0),
        "options": {"queue": "default"},
    },
    "follow the ledgers": {
        "task": "openletter.statistics.tasks.follow",
        "schedule": schedule(10.0),
        "options": {"queue": "default"},
    },
    "count what is in which state": {
        "task": "openletter.statistics.tasks.count",
        "schedule": schedule(10.0),
        "options": {"queue": "default"},
    },
    "count opened pages": {
        "task": "openletter.statistics.tasks.count_unpressed",
        "schedule": schedule(60.0),
        "options": {"queue": "default"},
    },
    "tell moderators what happens": {
        "task": "openletter.statistics.tasks.alert",
        "schedule": schedule(300.0),
        "options": {"queue": "default"},
    },
    # A moment of counting each time, so that each letter is counted again once an hour.
    "recount the numbers": {
        "task": "openletter.ledger.tasks.recount",
        "schedule": schedule(10.0),
        "options": {"queue": "default"},
    },
}
