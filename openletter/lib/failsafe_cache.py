"""Django's Redis cache, for which a server that is away is an empty one (F22).

What must not be forgotten stands in the database; the cache only makes things faster or calmer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

from openletter.lib.outage import Outage

log = logging.getLogger(__name__)
T = TypeVar("T")

# By address: Django makes a cache for every thread.
_OUTAGES: dict[str, Outage] = {}


class JsonSerializer:
    """Reads and writes JSON, and nothing else.

    Django's own would unpickle what it reads, and so do whatever somebody wrote into the cache.
    """

    def dumps(self, value: Any) -> bytes | int:
        # Plain, so that the server itself can count.
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        return json.loads(stored)


class FailsafeRedisCache(RedisCache):
    """Answers as if nothing were stored while the server is away, and says so in the log.

    One caller waits for a server that hangs, for `socket_timeout`. Then nobody does, except one
    every two seconds who asks whether it is back.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._outage = _OUTAGES.setdefault(server, Outage())

    def _ask(self, act: Callable[[], T], otherwise: T) -> T:
        if self._outage.lasts(self.answers):
            return otherwise
        try:
            return act()
        except (NotConnected, NoAnswer) as problem:
            self._outage.noticed()
            log.warning("cache: away (%s)", type(problem).__name__)
        except RedisError as problem:
            log.warning("cache: refuses (%s)", type(problem).__name__)
        return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return self._ask(
                lambda: super(FailsafeRedisCache, self).get(key, default, version), default
            )
        except ValueError:  # not JSON: an earlier release wrote it, or somebody else
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask(lambda: super(FailsafeRedisCache, self).set(*args, **kwargs), None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        # A lock on nothing is free.
        return self._ask(lambda: bool(super(FailsafeRedisCache, self).add(*args, **kwargs)), True)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._ask(
            lambda: bool(super(FailsafeRedisCache, self).delete(*args, **kwargs)), False
        )

    def collect(self, key: str, word: str, *, at: float, most: int) -> None:
        """Add a word to a collection, with its time, unless it is in there.

        Of more than `most` the oldest go, so that one that nobody empties stays small.
        """
        name = self.make_and_validate_key(key)

        def add() -> None:
            with self._client().pipeline(transaction=False) as steps:
                steps.zadd(name, {word: at}, nx=True)
                steps.zremrangebyrank(name, 0, -most - 1)
                steps.execute()

        self._ask(add, None)

    def take(self, key: str, *, until: float, most: int) -> list[tuple[str, float]]:
        """Take words out of a collection that are not newer, the oldest first, with their times.

        Each goes to one caller only.
        """
        name = self.make_and_validate_key(key)

        def take() -> list[tuple[str, float]]:
            found = self._client().zrangebyscore(
                name, "-inf", until, start=0, num=most, withscores=True
            )
            with self._client().pipeline(transaction=False) as steps:
                for word, _at in found:
                    steps.zrem(name, word)
                ours = steps.execute()
            taken = zip(found, ours, strict=True)
            return [(word.decode(), at) for (word, at), is_ours in taken if is_ours]

        return self._ask(take, [])

    def _client(self) -> Any:
        return self._cache.get_client(write=True)

    def answers(self) -> bool:
        """Say whether the server is there, for whoever must know."""
        try:
            super().has_key("failsafe-cache.probe")
        except RedisError:
            return False
        return True
