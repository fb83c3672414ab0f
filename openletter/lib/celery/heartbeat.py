"""Signs of life of the workers, kept in the cache: losing them loses nothing."""

from __future__ import annotations

import time

from django.core.cache import cache, caches

from openletter.lib.failsafe_cache import FailsafeRedisCache

_SILENT_AFTER_SECONDS = 30


def beat(name: str) -> None:
    """Note that a worker is alive; while the cache is away nobody hears it."""
    cache.set(f"heartbeat.{name}", time.time(), timeout=_SILENT_AFTER_SECONDS)


def is_alive(name: str) -> bool:
    """Say whether a worker gave a sign in the last 30 seconds, as far as the cache knows."""
    return cache.get(f"heartbeat.{name}") is not None


def is_heard() -> bool:
    """Say whether the cache answers at all."""
    cache = caches["default"]
    return isinstance(cache, FailsafeRedisCache) and cache.answers()
