"""Work of another kind than mail, in a table that no migration knows, and workers to do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import F, Q

from openletter.lib.db import clock
from openletter.lib.work.leases import Leased, Leases
from tests.live.waiting import PATIENCE

T = TypeVar("T")


class Errand(Leased):
    state = models.CharField(max_length=10, default="due")
    done_by = models.CharField(max_length=10, blank=True)

    objects: ClassVar[models.Manager[Errand]] = models.Manager()

    class Meta:
        apps = Apps()  # of its own, so that no other test meets this model
        app_label = "errands"
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="due"), name="errand_due")
        ]

    def __str__(self) -> str:
        return f"errand {self.pk} ({self.state})"


DUE = Q(state="due")
ERRANDS = Leases(Errand, DUE, lasts=timedelta(minutes=1))
# As a worker has them that takes so long that its lease runs out.
TOO_SLOW = Leases(Errand, DUE, lasts=-timedelta(seconds=1))


@contextmanager
def table_of_errands() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Errand)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Errand)


def owe(number: int = 1, **fields: Any) -> list[int]:
    """Owe so many errands, each due a second after the one before, the last one now."""
    now = clock.ask()
    rows = Errand.objects.bulk_create(
        Errand(**{"due_at": now - timedelta(seconds=number - place), **fields})
        for place in range(1, number + 1)
    )
    return [row.pk for row in rows]


def keys(rows: list[Errand]) -> list[int]:
    return [row.pk for row in rows]


def lease_runs_out() -> None:
    """Let the minute pass for which what was claimed is in somebody's hands."""
    passed = ERRANDS.lasts + timedelta(seconds=1)
    Errand.objects.update(lease_until=F("lease_until") - passed)


def in_another_worker(act: Callable[[], T]) -> T:
    """Do something over a connection of its own, while this test may be in a transaction."""

    def run() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result(PATIENCE)
