"""Signs of life of the workers, kept in the cache: losing them loses nothing."""

from __future__ import annotations

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_SILENT_AFTER_SECONDS = 30


def beat(name: str) -> None:
    """Note that a worker is alive; a cache that is away is no reason to stop working."""
    try:
        cache.set(f"heartbeat.{name}", time.time(), timeout=_SILENT_AFTER_SECONDS)
    except RedisError:
        log.warning("heartbeat: the cache is away")


def is_alive(name: str) -> bool:
    """Say whether a worker gave a sign in the last 30 seconds; raises when the cache is away."""
    return cache.get(f"heartbeat.{name}") is not None
