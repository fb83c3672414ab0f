"""Beat and a queue that nobody empties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from openletter.celery import app
from openletter.lib.celery import ticks
from openletter.lib.celery.ticks import Scheduler

QUEUE = "test-ticks"


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    monkeypatch.setattr(ticks, "MOST_WAITING", 3)
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    yield scheduler
    scheduler.close()
    valkey().delete(QUEUE)


def valkey() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


def waiting() -> int:
    return int(str(valkey().llen(QUEUE)))


def entry() -> Any:
    return Scheduler.Entry(
        name="a tick", task="openletter.mail.tasks.forget_old", options={"queue": QUEUE}, app=app
    )


def test_f23_ticks_do_not_pile_up_while_a_worker_is_away(scheduler: Scheduler) -> None:
    for _ in range(9):
        scheduler.apply_entry(entry(), producer=scheduler.producer)
    assert waiting() == 3


def test_f35_no_tick_expires_because_two_machines_disagree_about_the_time() -> None:
    assert app.conf.beat_scheduler == "openletter.lib.celery.ticks:Scheduler"
    options = [entry["options"] for entry in app.conf.beat_schedule.values()]
    assert options
    assert [each for each in options if "expires" in each] == []


def test_f04_a_tick_gets_a_new_connection_where_the_last_one_is_lost(
    scheduler: Scheduler,
) -> None:
    """As after a broker that came and went: only sending opens another channel."""
    producer: Any = scheduler.producer
    producer.channel.close()
    scheduler.apply_async(entry(), producer=producer, advance=False)
    assert waiting() == 1
