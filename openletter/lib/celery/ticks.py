"""Beat sends no tick into a queue in which many wait already.

Each tick does all there is to do, so those that pile up while a worker is away are worth nothing.
A time of expiry would end them too, but it is written by the clock of one machine and read by that
of another: a worker whose clock is some seconds ahead would take every tick for an old one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from celery.beat import PersistentScheduler

from openletter.lib.celery.queues import number_waiting

# Some seconds of work when the worker is back.
MOST_WAITING = 300


class Scheduler(PersistentScheduler):
    """Celery's own, but for full queues."""

    def apply_async(
        self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any
    ) -> Any:
        # A channel that lost its connection cannot be asked, and only sending gives it a new one.
        with suppress(AttributeError):
            if number_waiting(producer.channel, entry.options["queue"]) >= MOST_WAITING:
                return None
        return super().apply_async(entry, producer, advance, **kwargs)
