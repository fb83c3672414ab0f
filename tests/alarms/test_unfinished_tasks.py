"""Work that a time limit stopped is not believed to be done (F29)."""

from __future__ import annotations

from typing import Any

import pytest
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils import timezone

from openletter.alarms import flows as alarms_of_all
from openletter.alarms import unfinished_tasks
from openletter.alarms.models import Alarm
from openletter.celery import app
from openletter.privacy import flows
from openletter.privacy.registry import EXPIRIES

pytestmark = pytest.mark.django_db(transaction=True)


@shared_task(name="tests.sleepy")
def sleepy(*, limit: str, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])
        try:
            cursor.execute("SELECT pg_sleep(%s)", [seconds])
        finally:
            cursor.execute("RESET statement_timeout")


@shared_task(name="tests.too_long")
def too_long() -> None:
    raise SoftTimeLimitExceeded


@shared_task(name="tests.wrong")
def wrong() -> None:
    raise ValueError


@pytest.fixture(autouse=True)
def _tasks() -> None:
    app.loader.import_default_modules()


def run(task: Any, **what: Any) -> None:
    task.apply(kwargs=what)


def alarms() -> list[tuple[str, str, bool]]:
    rows = Alarm.objects.order_by("pk")
    return [(one.kind, one.key, one.resolved_at is None) for one in rows]


def test_f29_a_task_whose_statement_ran_out_of_time_is_an_alarm_until_it_is_done() -> None:
    for _ in range(2):
        run(sleepy, limit="10ms", seconds=60)
    assert alarms() == [(unfinished_tasks.ALARM, "tests.sleepy", True)]
    run(sleepy, limit="0", seconds=0)
    assert alarms() == [(unfinished_tasks.ALARM, "tests.sleepy", False)]


def test_f29_a_task_that_ran_out_of_time_itself_is_an_alarm() -> None:
    run(too_long)
    assert alarms() == [(unfinished_tasks.ALARM, "tests.too_long", True)]


def test_a_task_that_failed_for_another_reason_is_none() -> None:
    run(wrong)
    assert alarms() == []


def test_f29_an_alarm_of_a_worker_that_died_is_resolved_by_another() -> None:
    unfinished_tasks.succeeded("tests.well", now=timezone.now())
    # As another process does, of which this one learns nothing.
    alarms_of_all.raise_alarm(unfinished_tasks.ALARM, "tests.well", "Look.", timezone.now())
    unfinished_tasks.succeeded("tests.well", now=timezone.now())
    assert alarms() == [(unfinished_tasks.ALARM, "tests.well", False)]


def test_f29_a_clean_up_that_is_stopped_keeps_no_other_from_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cleaned = []

    def stopped(**_how: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    def clean(**_how: Any) -> list[Any]:
        cleaned.append(1)
        return []

    first, *others = EXPIRIES
    monkeypatch.setitem(EXPIRIES, first, stopped)
    for name in others:
        monkeypatch.setitem(EXPIRIES, name, clean)
    with pytest.raises(Exception, match="division by zero"):
        flows.expire(now=timezone.now())
    assert len(cleaned) == len(others)
