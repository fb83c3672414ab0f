"""Rows that several workers share: each is in one worker's hands for a while, then anybody's.

The row is the promise. A worker that is killed gives nothing back and need not: its lease runs out.
Work goes on outside of any transaction, so it may take its time and talk to the network; whoever
took so long that another has the row now writes down nothing about it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db import models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from openletter.lib.db import clock
from openletter.lib.work.backoff import Backoff


class Leased(models.Model):
    """A row of work. The model adds a state, and an index of `due_at` where it is owed.

    That is the order of `Leases.claim`. The outbox chooses its rows otherwise, and has an index for
    that instead.
    """

    due_at = models.DateTimeField(_("due"))
    # Set to the microsecond by the database's clock, so it also says which claim it belongs to.
    lease_until = models.DateTimeField(_("being worked on until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        abstract = True


W = TypeVar("W", bound=Leased)


def is_due(now: datetime) -> Q:
    """Match rows whose time has come and that no worker has in hand."""
    return (Q(lease_until=None) | Q(lease_until__lt=now)) & Q(due_at__lte=now)


def lock(rows: QuerySet[W], most: int) -> list[W]:
    """Hold those that have waited longest to the end of the transaction; pass over held ones."""
    if most <= 0:
        return []
    in_turn = rows.order_by("due_at", "pk")
    return list(in_turn.select_for_update(skip_locked=True, of=("self",))[:most])


def start_over(rows: QuerySet[W], *, now: datetime, **changes: object) -> int:
    """Let rows be due again with all their tries, whatever became of them; return how many."""
    return rows.update(due_at=now, lease_until=None, attempts=0, **changes)


@dataclass(frozen=True)
class Leases(Generic[W]):
    """The leases on rows of one model: all alike, and only on those that are still `owed`.

    `owed` looks at columns of the row itself, mostly its state. Times are the database's, asked in
    the transaction of the claim: no worker that slept, or whose clock is off, shortens the lease of
    another.
    """

    model: type[W]
    owed: Q
    lasts: timedelta

    def due(self, now: datetime) -> QuerySet[W]:
        """Return the rows that could be claimed now."""
        return self.model._default_manager.filter(self.owed, is_due(now))

    def claim(self, *, most: int) -> list[W]:
        """Take up to so many due rows; nobody else gets them until the lease runs out."""
        with transaction.atomic():
            now = clock.ask()
            rows = lock(self.due(now), most)
            self.begin(rows, now=now)
        return rows

    def begin(self, rows: Collection[W], *, now: datetime) -> None:
        """Take rows that this transaction has locked, for claims that choose their rows.

        `now` is what `clock.ask` said in this transaction.
        """
        until = now + self.lasts
        keys = [row.pk for row in rows]
        if keys:
            self.model._base_manager.filter(pk__in=keys).update(lease_until=until)
        for row in rows:
            row.lease_until = until

    def claimed_at(self, row: W) -> datetime:
        """Return when a row in hand was claimed."""
        return _lease_of(row) - self.lasts

    def give_back(self, rows: Collection[W]) -> int:
        """Let others have claimed rows at once that were not tried; return how many were ours."""
        return self._ours(rows).update(lease_until=None)

    def finish(self, rows: Collection[W], **changes: object) -> int:
        """Write down what became of claimed rows, one more try each; return how many were ours.

        A row that another took over meanwhile, or that is owed no more, stays as it is. A `changes`
        that leaves it owed is to move its `due_at`, or it comes again at once.
        """
        return self._ours(rows).update(lease_until=None, attempts=F("attempts") + 1, **changes)

    def fail(
        self,
        row: W,
        *,
        backoff: Backoff,
        now: datetime,
        given_up: Mapping[str, object],
        **changes: object,
    ) -> bool:
        """Let a claimed row be tried again later, or change it to `given_up`; False if not ours."""
        wait = backoff.after(row.attempts + 1)
        what_next = given_up if wait is None else {"due_at": now + wait}
        return bool(self.finish([row], **changes, **what_next))

    def _ours(self, rows: Collection[W]) -> QuerySet[W]:
        """Return those that nobody took over and that are still owed, read as they are changed.

        Before the next ANALYZE of a queue that has just grown PostgreSQL believes the index of the
        rows that are owed to be nearly empty, and would read all of it for each row. Within a CASE
        it does not see that it could.
        """
        return self.model._base_manager.filter(
            Case(When(self.owed, then=Value(True)), default=Value(False)),
            pk__in=[row.pk for row in rows],
            lease_until__in={_lease_of(row) for row in rows},
        )


def _lease_of(row: Leased) -> datetime:
    if row.lease_until is None:
        raise ValueError("nobody has this in hand")
    return row.lease_until
