"""A worker that went deaf connects to the broker anew.

When the broker does not answer in time that a task is done, Celery leaves it at a line in the log
("Couldn't ack"). It goes on believing that it has that task in hand, and as it takes only one at a
time it never takes another, on a connection that is well (celery issue 2415).

What a worker has in hand and took so far, Celery keeps to itself: this is written for the
`celery.worker.state` of celery 5.7 (a test compares).
"""

from __future__ import annotations

import logging
from typing import Any

from celery import bootsteps
from celery.worker import state
from redis.exceptions import ConnectionError as NotHeard

from openletter.lib.celery.queues import number_waiting

log = logging.getLogger(__name__)

WRITTEN_FOR = "5.7"
LOOK_EVERY_SECONDS = 5.0


class BrokerWatchdog(bootsteps.StartStopStep):
    """Part of a worker's connection: compares what waits in its queues with what it takes."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **kwargs: Any) -> None:
        super().__init__(consumer, **kwargs)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        self._taken, self._waiting = -1, 0
        self._timer = consumer.timer.call_repeatedly(LOOK_EVERY_SECONDS, self.look, (consumer,))

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def look(self, consumer: Any) -> None:
        """Raise an error of the connection, upon which Celery connects anew, when it is deaf.

        That is: with nothing in hand it took nothing since the last look, and what waited then
        still waits.
        """
        taken = state.all_total_count[0]
        is_idle = taken == self._taken and not state.reserved_requests
        waiting = _number_waiting(consumer) if is_idle else 0
        if 0 < self._waiting <= waiting:
            log.warning("worker: deaf to %d tasks that wait; connects anew", waiting)
            raise NotHeard("tasks wait and none comes")
        self._taken, self._waiting = taken, waiting


def _number_waiting(consumer: Any) -> int:
    tasks = consumer.task_consumer
    return number_waiting(tasks.channel, *(queue.name for queue in tasks.queues))
