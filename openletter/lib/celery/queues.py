"""How many tasks wait at the broker."""

from __future__ import annotations

from typing import Any


def number_waiting(channel: Any, *queues: str) -> int:
    """Ask the broker on a connection of its own.

    On that of the channel the answer to "give me a task" may come at any moment. By what kombu
    keeps to itself: its public way declares the queue, and on a channel that lost its connection
    it failed for ever after.
    """
    with channel.conn_or_acquire() as client:
        return sum(int(client.llen(queue)) for queue in queues)
