"""The cache: what it believes, and who waits for it while it is away."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches

from openletter.lib import outage
from openletter.lib.failsafe_cache import FailsafeRedisCache
from tests.hanging import Hanging

RAN: list[str] = []


class Trap:
    """Does something as soon as it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return RAN.append, ("unpickled",)


def written_raw(key: str, value: bytes) -> None:
    """Write into the server itself, as somebody else who reaches it could."""
    ours = caches["default"]
    assert isinstance(ours, FailsafeRedisCache)
    ours._cache.get_client(write=True).set(ours.make_and_validate_key(key), value)


@pytest.mark.parametrize(
    "payload",
    [pickle.dumps(Trap()), b"\x80\x05}", b"{", b"\xff"],
    ids=["pickle", "broken pickle", "broken JSON", "no text"],
)
def test_t55_what_is_no_json_in_the_cache_is_neither_run_nor_returned(payload: bytes) -> None:
    written_raw("key", payload)
    assert cache.get("key", "nothing") == "nothing"
    assert RAN == []


@pytest.mark.parametrize("value", ["y", 1, 1.5, True, None, [1.5, 2.5], {"a": ["b"]}, "Ärger"])
def test_t55_json_comes_back_as_it_was(value: object) -> None:
    cache.set("key", value)
    found = cache.get("key")
    assert (found, type(found)) == (value, type(value))


def test_t55_what_json_cannot_say_is_refused_when_it_is_stored() -> None:
    with pytest.raises(TypeError):
        cache.set("key", {1, 2})


def test_the_server_itself_can_count() -> None:
    cache.set("number", 4)
    assert cache.incr("number") == 5


@pytest.fixture
def hanging(settings: Any) -> Iterator[Hanging]:
    server = Hanging()
    settings.CACHES = {
        alias: {
            **cache,
            "LOCATION": server.url,
            "OPTIONS": {**cache["OPTIONS"], "socket_timeout": 0.05},
        }
        for alias, cache in settings.CACHES.items()
    }
    yield server
    caches["default"].close()
    server.close()


class Clock:
    """Stands in for the module `time` in outage.py."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def test_t54_one_caller_waits_for_a_cache_that_hangs_and_then_nobody(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(outage, "time", clock)
    answers = [cache.get("key", "nothing"), cache.add("key", "y"), cache.delete("key")]
    cache.set("key", "y")
    assert answers == ["nothing", True, False]
    assert hanging.waited_for == 1
    clock.now += 2
    assert [cache.get("key") for _ in range(5)] == [None] * 5
    assert hanging.waited_for == 2
