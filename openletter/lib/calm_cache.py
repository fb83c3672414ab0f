"""Django's Redis cache, for which a server that is away is an empty one (F22).

What must not be forgotten stands in the database; the cache only makes things faster or calmer.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class CalmRedisCache(RedisCache):
    """Answers as if nothing were stored while the server is away, and says so in the log."""

    def _away(self, problem: RedisError) -> None:
        log.warning("cache: away (%s)", type(problem).__name__)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as problem:
            self._away(problem)
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError as problem:
            self._away(problem)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().add(*args, **kwargs))
        except RedisError as problem:
            self._away(problem)
            return True  # a lock on nothing is free

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().delete(*args, **kwargs))
        except RedisError as problem:
            self._away(problem)
            return False

    def answers(self) -> bool:
        """Say whether the server is there, for whoever must know."""
        try:
            super().get("calm-cache.probe")
        except RedisError:
            return False
        return True
