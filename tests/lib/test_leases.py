"""Rows that several workers share: one at a time, for a while, whatever happens to a worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from openletter.lib.db import clock
from openletter.lib.work.backoff import Backoff
from openletter.lib.work.leases import start_over
from tests.lib.errands import (
    DUE,
    ERRANDS,
    TOO_SLOW,
    Errand,
    in_another_worker,
    keys,
    lease_runs_out,
    owe,
    table_of_errands,
)
from tests.live.waiting import PATIENCE
from tests.queries import statements
from tests.racing import behind

pytestmark = pytest.mark.django_db
threads = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)
BACKOFF = Backoff(minutes=(1, 5), most_tries=3)


@pytest.fixture(autouse=True)
def _table(db: None) -> Iterator[None]:
    with table_of_errands():
        yield


def fail(errand: Errand) -> bool:
    return ERRANDS.fail(
        errand,
        backoff=BACKOFF,
        now=clock.ask(),
        given_up={"state": "given up"},
        done_by="nobody",
    )


# --- Claiming -----------------------------------------------------------------------------------


def test_what_has_waited_longest_is_claimed_first_and_no_more_than_asked_for() -> None:
    owed = owe(5)
    assert keys(ERRANDS.claim(most=3)) == owed[:3]
    assert keys(ERRANDS.claim(most=3)) == owed[3:]
    assert ERRANDS.claim(most=3) == []


def test_nothing_is_claimed_before_its_time_or_when_it_is_owed_no_more() -> None:
    owe(due_at=clock.ask() + timedelta(minutes=1))
    owe(state="done")
    assert ERRANDS.claim(most=3) == []


def test_there_may_be_room_for_none() -> None:
    owe()
    assert ERRANDS.claim(most=0) == []


def test_f35_a_worker_whose_clock_is_ahead_takes_nothing_that_another_has_in_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owe()
    (errand,) = ERRANDS.claim(most=1)
    right = timezone.now
    monkeypatch.setattr(clock, "_known", clock._Known())
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(hours=1))
    assert ERRANDS.claim(most=1) == []
    assert Errand.objects.get().lease_until == errand.lease_until


def test_one_row_and_twenty_take_the_same_statements() -> None:
    owe()
    one = statements(lambda: ERRANDS.finish(ERRANDS.claim(most=1), state="done"))
    owe(20)
    twenty = statements(lambda: ERRANDS.finish(ERRANDS.claim(most=20), state="done"))
    assert len(one) == len(twenty)
    assert Errand.objects.filter(state="done").count() == 21


# --- Workers beside each other ------------------------------------------------------------------


@threads
def test_a_worker_waits_for_no_other_and_never_gets_a_row_of_its_claim() -> None:
    owed = owe(5)
    with transaction.atomic():
        mine = ERRANDS.claim(most=3)
        # It would wait in vain: we commit only when it is done.
        theirs = in_another_worker(lambda: ERRANDS.claim(most=10))
    assert (keys(mine), keys(theirs)) == (owed[:3], owed[3:])


@threads
def test_many_workers_do_every_row_once() -> None:
    owed = owe(60)
    start = threading.Barrier(4, timeout=PATIENCE)

    def work() -> list[int]:
        start.wait()
        done = []
        while rows := ERRANDS.claim(most=4):
            assert ERRANDS.finish(rows, state="done") == len(rows)
            done += keys(rows)
        connection.close()
        return done

    with ThreadPoolExecutor(4) as pool:
        doing = [pool.submit(work) for _ in range(4)]
        done = [key for each in doing for key in each.result(PATIENCE)]
    assert sorted(done) == owed
    assert set(Errand.objects.values_list("state", "attempts", "lease_until")) == {
        ("done", 1, None)
    }


@threads
def test_a_worker_that_dies_loses_its_lease() -> None:
    owe()
    in_another_worker(lambda: ERRANDS.claim(most=1))  # and is never heard of again
    assert ERRANDS.claim(most=1) == []
    lease_runs_out()
    (errand,) = ERRANDS.claim(most=1)
    assert (errand.attempts, ERRANDS.finish([errand], state="done")) == (0, 1)


@threads
def test_a_worker_that_dies_while_it_claims_holds_nothing() -> None:
    owed = owe(2)

    def die() -> None:
        with transaction.atomic():
            ERRANDS.claim(most=2)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        in_another_worker(die)
    assert keys(ERRANDS.claim(most=2)) == owed


# --- What took too long -------------------------------------------------------------------------


def claimed_twice() -> tuple[Errand, Errand]:
    """Return an errand as its first worker has it, who took too long, and as the second has it."""
    owe()
    (first,) = TOO_SLOW.claim(most=1)
    (second,) = ERRANDS.claim(most=1)
    return first, second


def test_work_that_took_too_long_is_not_finished_twice() -> None:
    first, second = claimed_twice()
    assert ERRANDS.finish([first], state="done", done_by="first") == 0
    assert ERRANDS.finish([second], state="done", done_by="second") == 1
    errand = Errand.objects.get()
    assert (errand.state, errand.done_by, errand.attempts) == ("done", "second", 1)


def test_whoever_took_too_long_can_neither_fail_nor_give_back_what_another_has() -> None:
    first, second = claimed_twice()
    assert fail(first) is False
    assert ERRANDS.give_back([first]) == 0
    errand = Errand.objects.get()
    assert (errand.lease_until, errand.attempts) == (second.lease_until, 0)


def test_work_that_took_too_long_counts_while_nobody_else_has_it() -> None:
    owe()
    assert ERRANDS.finish(TOO_SLOW.claim(most=1), state="done") == 1


def test_a_row_is_finished_once() -> None:
    owe()
    (errand,) = ERRANDS.claim(most=1)
    assert [ERRANDS.finish([errand], state="done") for _ in range(2)] == [1, 0]
    assert Errand.objects.get().attempts == 1


@threads
def test_whoever_finishes_while_another_takes_over_comes_too_late() -> None:
    owe()
    first = TOO_SLOW.claim(most=1)
    take_over = partial(ERRANDS.claim, most=1)
    assert behind(take_over, lambda: ERRANDS.finish(first, state="done")) == 0
    assert Errand.objects.get().state == "due"


def test_what_is_owed_no_more_is_neither_finished_nor_owed_again() -> None:
    owe()
    (errand,) = ERRANDS.claim(most=1)
    Errand.objects.update(state="cancelled")
    assert ERRANDS.finish([errand], state="done") == 0
    assert fail(errand) is False
    assert Errand.objects.get().state == "cancelled"


def test_nobody_finishes_what_nobody_claimed() -> None:
    owe()
    with pytest.raises(ValueError, match="in hand"):
        ERRANDS.finish([Errand.objects.get()], state="done")
    assert ERRANDS.finish([], state="done") == 0


# --- Given back, tried again, given up ----------------------------------------------------------


def test_what_is_given_back_is_due_at_once_and_cost_no_try() -> None:
    owed = owe(3)
    claimed = ERRANDS.claim(most=3)
    assert ERRANDS.give_back(claimed[1:]) == 2
    again = ERRANDS.claim(most=3)
    assert keys(again) == owed[1:]
    assert {errand.attempts for errand in again} == {0}


def test_a_failed_try_waits_longer_each_time_until_it_is_given_up() -> None:
    owe()
    waits = []
    for _ in range(BACKOFF.most_tries):
        (errand,) = ERRANDS.claim(most=1)
        before = clock.ask()
        assert fail(errand)
        errand.refresh_from_db()
        waits.append(errand.due_at - before)
        assert ERRANDS.claim(most=1) == []
        Errand.objects.update(due_at=clock.ask() - SECOND)
    assert (errand.state, errand.attempts, errand.done_by) == ("given up", 3, "nobody")
    assert waits[0] >= timedelta(minutes=0.8)
    assert waits[1] >= timedelta(minutes=4)


def test_what_was_given_up_starts_over_with_all_its_tries() -> None:
    owe(state="given up", attempts=3)
    given_up = Errand.objects.filter(state="given up")
    assert start_over(given_up, now=clock.ask(), state="due") == 1
    (errand,) = ERRANDS.claim(most=1)
    assert errand.attempts == 0


# --- What PostgreSQL makes of it ----------------------------------------------------------------


@pytest.fixture
def _only_the_index_of_what_is_due() -> None:
    """Leave no other way to find rows than that index, but to read all of the table."""
    owe()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE errands_errand DROP CONSTRAINT errands_errand_pkey")
        cursor.execute("SET LOCAL enable_seqscan = off")


@pytest.mark.usefixtures("_only_the_index_of_what_is_due")
def test_a_claim_reads_the_index_of_what_is_due() -> None:
    assert "errand_due" in ERRANDS.due(clock.ask()).explain()


@pytest.mark.usefixtures("_only_the_index_of_what_is_due")
def test_what_became_of_a_row_is_written_without_the_index_of_what_is_due() -> None:
    """It seems empty when a queue has just grown, and all of it would be read for each row."""
    (errand,) = ERRANDS.claim(most=1)
    assert "errand_due" in Errand.objects.filter(DUE, pk=errand.pk).explain()
    assert "errand_due" not in ERRANDS._ours([errand]).explain()
