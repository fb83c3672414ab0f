"""What was erased leaves the disk, and nobody believes so before it has (F29)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from openletter.alarms.models import Alarm
from openletter.lib.db import fitness
from openletter.privacy import flows, tasks, vacuum
from openletter.privacy.flows import Erasure
from openletter.privacy.models import DiskTrace
from openletter.signatures.models import Signature
from tests.factories import make_published
from tests.live.waiting import PATIENCE, lasting

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now
SIGNATURES = Signature._meta.db_table


def erase(signature: Signature) -> None:
    flows.erase(Erasure(bytes(signature.email_key)), now=NOW())


def file_of(table: str = SIGNATURES) -> int:
    """Which file a table is in; another one once it was written anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode(%s::regclass)", [table])
        return int(cursor.fetchone()[0])


def waiting() -> set[str]:
    return set(DiskTrace.objects.values_list("table", flat=True))


def comes_clean(*, but: frozenset[str] = frozenset(), now: datetime | None = None) -> bool:
    """Vacuum until nothing else is left; PostgreSQL may be tidying a table by itself just then."""
    for _ in lasting(PATIENCE):
        vacuum.vacuum_erased(now=now or NOW())
        if waiting() == but:
            return True
    return False


@pytest.fixture
def other() -> Any:
    """Somebody else's connection to the same database."""
    info = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    where = {name: info[name] for name in names if info.get(name)}
    with psycopg.connect(**where) as somebody:
        yield somebody
        somebody.rollback()


def test_i15_every_table_in_which_somebody_was_erased_is_written_anew() -> None:
    erase(make_published())
    before = file_of()
    assert waiting() == {"signatures_signature", "mail_outgoingmail", "signatures_formsubmission"}
    assert comes_clean()
    assert (waiting(), file_of() != before) == (set(), True)


def test_where_nobody_was_erased_nothing_is_touched() -> None:
    make_published()
    before = file_of()
    assert vacuum.vacuum_erased(now=NOW()) is True
    assert file_of() == before


def test_an_erasure_that_is_rolled_back_leaves_nothing_to_do() -> None:
    with transaction.atomic():
        erase(make_published())
        transaction.set_rollback(True)
    assert waiting() == set()


def test_f29_a_table_that_others_hold_is_not_believed_to_be_clean(other: Any) -> None:
    """VACUUM only warns that it skipped it."""
    erase(make_published())
    other.execute(f"LOCK TABLE {SIGNATURES} IN ROW EXCLUSIVE MODE")
    assert comes_clean(but=frozenset({SIGNATURES}))
    assert DiskTrace.objects.get().tries >= 1
    other.rollback()
    assert comes_clean()


def test_f29_what_an_older_transaction_still_sees_is_not_believed_to_be_gone(other: Any) -> None:
    signature = make_published()
    other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    other.execute("SELECT 1")  # as a backup begins
    erase(signature)
    assert vacuum.vacuum_erased(now=NOW()) is False
    assert len(waiting()) == 3
    other.rollback()
    assert comes_clean()


def test_f29_a_wiped_cache_forgets_nobody() -> None:
    erase(make_published())
    cache.clear()
    assert waiting()
    assert comes_clean(now=NOW() + timedelta(days=1))


def test_f29_no_time_limit_cancels_it_and_others_have_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[str] = []
    do = vacuum._do

    def ask(session: Any, statement: str) -> bool:
        limits.append(session.execute("SHOW statement_timeout").fetchone()[0])
        return do(session, statement)

    monkeypatch.setattr(vacuum, "_do", ask)
    erase(make_published())
    assert comes_clean()
    assert set(limits) == {"0"}
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() != ("0",)
    assert (tasks.vacuum_erased.soft_time_limit or 0) > 12 * 60 * 60
    assert (tasks.vacuum_erased.time_limit or 0) > 12 * 60 * 60


def test_a_large_table_takes_its_time_once_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vacuum, "SMALL_BYTES", 0)
    before = file_of()
    erase(make_published())
    assert vacuum.vacuum_erased(now=NOW()) is False
    later = NOW() + vacuum.LARGE_WAITS + timedelta(minutes=1)
    assert comes_clean(now=later)
    assert file_of() == before  # vacuumed in place


def test_one_worker_at_a_time_does_it() -> None:
    erase(make_published())
    with fitness.alone(vacuum._LOCK):
        assert vacuum.vacuum_erased(now=NOW()) is False
        assert len(waiting()) == 3
    assert comes_clean()
    with fitness.alone(vacuum._LOCK, waits=False) as got:
        assert got  # it was given back


def test_f29_a_worker_that_hangs_with_the_lock_is_told_of_too() -> None:
    erase(make_published())
    DiskTrace.objects.update(tries=vacuum.TRIES_BEFORE_ALARM - 1)
    with fitness.alone(vacuum._LOCK):
        vacuum.vacuum_erased(now=NOW())
    assert set(DiskTrace.objects.values_list("tries", flat=True)) == {vacuum.TRIES_BEFORE_ALARM}
    assert Alarm.objects.get().resolved_at is None


def test_f34_behind_a_pooler_the_alarm_says_how_its_limit_is_avoided(settings: Any) -> None:
    settings.DATABASE_POOLER = True
    erase(make_published())
    DiskTrace.objects.update(tries=vacuum.TRIES_BEFORE_ALARM - 1)
    with fitness.alone(vacuum._LOCK):
        vacuum.vacuum_erased(now=NOW())
    assert "./run manage vacuum with DATABASE_POOLER=0" in Alarm.objects.get().text
    call_command("vacuum")
    assert not waiting()


def test_the_command_fails_while_something_is_left() -> None:
    erase(make_published())
    with fitness.alone(vacuum._LOCK), pytest.raises(CommandError, match="ten minutes"):
        call_command("vacuum")


def test_f29_the_lock_itself_keeps_nothing_on_disk() -> None:
    """A transaction that is open with a snapshot keeps what was erased after the oldest of all."""
    mine = "SELECT backend_xmin FROM pg_stat_activity WHERE state = 'idle in transaction'"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")  # older than any snapshot from now on
        with fitness.alone(vacuum._LOCK):
            cursor.execute(f"{mine} AND datname = current_database() AND pid <> pg_backend_pid()")
            assert cursor.fetchall() == [(None,)]


def test_f29_an_hour_of_tries_in_vain_is_an_alarm_until_it_succeeds(other: Any) -> None:
    erase(make_published())
    DiskTrace.objects.update(tries=vacuum.TRIES_BEFORE_ALARM - 2)
    other.execute(f"LOCK TABLE {SIGNATURES} IN ROW EXCLUSIVE MODE")
    vacuum.vacuum_erased(now=NOW())
    assert not Alarm.objects.exists()
    vacuum.vacuum_erased(now=NOW())
    assert Alarm.objects.get().resolved_at is None
    other.rollback()
    assert comes_clean()
    assert Alarm.objects.get().resolved_at is not None
