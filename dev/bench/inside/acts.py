"""What acts ask of the database, each watched by itself."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from dev.bench.inside import plans, set_up

set_up()

from django.db import connection, transaction  # noqa: E402

from openletter.counters import counts  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from django.test import Client

    Act = Callable[[], object]

_REPEATS = 5


def take_your_time() -> None:
    """Let no statement be ended: what takes too long is to be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def watch_all(acts: Mapping[str, Act]) -> dict[str, dict[str, Any]]:
    """Return for each act what it asked; of several turns that with the median time."""
    return {name: _middle(act) for name, act in acts.items()}


def watch_once(act: Act) -> dict[str, Any]:
    """Return what an act asked that would not ask the same a second time."""
    return _described(_watch(act))


def get(client: Client, path: str) -> None:
    counts.forget()
    response = client.get(path)
    if response.status_code not in {200, 204}:
        raise AssertionError(f"{path}: {response.status_code}: {response.text[:1000]}")


def rolled_back(act: Act) -> Act:
    def act_and_roll_back() -> None:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)

    return act_and_roll_back


def _middle(act: Act) -> dict[str, Any]:
    act()  # imports, templates, and pages of the database that nobody read before
    works = [_watch(act) for _ in range(_REPEATS)]
    middle = statistics.median_low(sum(work.times) for work in works)
    return _described(next(work for work in works if sum(work.times) == middle))


def _watch(act: Act) -> plans.Work:
    with plans.watched() as work:
        act()
    return work


def _described(work: plans.Work) -> dict[str, Any]:
    return {
        "statements": work.sent,
        "ms": round(sum(work.times), 3),
        "longest_ms": round(max(work.times, default=0.0), 3),
        "buffers": work.buffers,
        "rows_read": work.rows,
        "reads_whole": sorted(work.whole),
    }
