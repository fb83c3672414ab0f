"""What a broker keeps is read while it goes on: keys come and run out."""

from __future__ import annotations

import os

import redis

from dev import traces


def test_a_key_that_runs_out_while_others_are_read_is_passed_over() -> None:
    url = os.environ["REDIS_URL"]
    with redis.Redis.from_url(url) as client:
        client.mset({"one": "1", "two": "2"})
        kept = traces._kept_in(url)
        next(kept)  # both are found by then
        client.flushdb()
    assert all(content.count(b"\n") == 1 for _place, content in kept)
