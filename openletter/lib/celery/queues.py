"""How many tasks wait at the broker."""

from __future__ import annotations

from typing import Any


def number_waiting(channel: Any, *queues: str) -> int:
    """Ask the broker on a connection of its own, as kombu does to declare a queue.

    On that of the channel the answer to "give me a task" may come at any moment.
    """
    return sum(channel.queue_declare(queue).message_count for queue in queues)
