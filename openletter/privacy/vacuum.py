"""Let what was erased leave the disk too: PostgreSQL keeps old row versions until somebody tidies.

An UPDATE or DELETE only hides them. Small tables are written anew, large ones vacuumed in place;
where our role may, the write-ahead log is let go of as well. It is believed only when it succeeded.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import F, Min
from django.utils.translation import gettext as _
from psycopg.errors import Diagnostic

from openletter.mail.models import OutgoingMail
from openletter.mail.monitoring import alarms
from openletter.privacy.models import DiskTrace
from openletter.signatures.models import SentForm, Signature

log = logging.getLogger(__name__)

# Writing a table anew locks it: up to this size that takes well under a second.
SMALL_BYTES = 32 * 1024 * 1024
# A larger table takes its time, which is taken once for everybody who was erased meanwhile.
LARGE_WAITS = timedelta(minutes=10)
# Three a minute, so this is an hour: a nightly backup may take as long.
TRIES_BEFORE_ALARM = 180
ALARM = "erased data stays on disk"
KEY = "scrub"
_TABLES = tuple(model._meta.db_table for model in (Signature, OutgoingMail, SentForm))
_LOCK = 0x5C12B

# What an older transaction may still look at, such as that of a backup, no VACUUM takes away. The
# trace was written by the erasure itself, so its `xmin` is the transaction that erased.
_REMOVABLE = """
SELECT trace.id FROM privacy_disktrace AS trace
WHERE trace."table" = %s AND NOT EXISTS (
    SELECT FROM pg_stat_activity AS other
    WHERE other.datname = current_database() AND other.pid <> pg_backend_pid()
        AND age(other.backend_xmin) >= age(trace.xmin)
)
"""


def owe() -> None:
    """Promise, in the transaction of an erasure, that what it takes out leaves the disk."""
    DiskTrace.objects.bulk_create(DiskTrace(table=table) for table in _TABLES)


def scrub(*, now: datetime) -> bool:
    """Tidy up the tables in which somebody was erased; say whether all of it has left the disk.

    Not inside a transaction. A table that others hold is left for the next time: erasing never
    keeps anybody from signing.
    """
    if not DiskTrace.objects.exists():
        return True
    with _alone() as alone:
        if not alone:
            return False
        tidied = [table for table, how in _turns(now) if _tidy(table, how)]
    if tidied:
        log.info("scrub: tidied %s", ", ".join(tidied))
        # Needs rights that a role of a rented database has not; there the log recycles by itself.
        if _do("SELECT pg_switch_wal()"):
            _do("CHECKPOINT")
    _tell(now)
    return not DiskTrace.objects.exists()


@contextmanager
def _alone() -> Iterator[bool]:
    """Keep other workers out, and no time limit: a large table takes minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (alone,) = cursor.fetchone()
    if not alone:
        yield False
        return
    try:
        yield _do("SET statement_timeout = 0")
    finally:
        # Of a connection that broke meanwhile nothing is left to put back.
        _do("RESET statement_timeout")
        _do(f"SELECT pg_advisory_unlock({_LOCK})")


def _turns(now: datetime) -> list[tuple[str, str]]:
    """Return the tables to tidy now, and how: written anew, or vacuumed in place."""
    found = []
    oldest = DiskTrace.objects.values_list("table").annotate(oldest=Min("at"))
    for table, at in oldest.order_by("table"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
            (size,) = cursor.fetchone()
        if size <= SMALL_BYTES:
            found.append((table, "FULL, SKIP_LOCKED"))
        elif at <= now - LARGE_WAITS:
            found.append((table, "SKIP_LOCKED"))
    return found


def _tidy(table: str, how: str) -> bool:
    """Tidy a table up; what was erased before counts as gone only if nothing kept it."""
    with connection.cursor() as cursor:
        cursor.execute(_REMOVABLE, [table])
        removable = [row[0] for row in cursor.fetchall()]
    done = bool(removable) and _do(f'VACUUM ({how}) "{table}"')
    if done:
        DiskTrace.objects.filter(pk__in=removable).delete()
    DiskTrace.objects.filter(table=table).update(tries=F("tries") + 1)
    return done


def _do(statement: str) -> bool:
    """Run a statement; False when it failed, or was skipped with a warning, as VACUUM does."""
    warnings: list[str] = []

    def hear(said: Diagnostic) -> None:
        if said.severity_nonlocalized == "WARNING":
            warnings.append(str(said.sqlstate))

    own: Any = connection.connection
    try:
        own.add_notice_handler(hear)
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as problem:
        warnings.append(type(problem).__name__)
    finally:
        own.remove_notice_handler(hear)
    if warnings:
        log.info("scrub: %s: not done (%s)", statement.split(" (")[0], ", ".join(warnings))
    return not warnings


def _tell(now: datetime) -> None:
    if not DiskTrace.objects.filter(tries__gte=TRIES_BEFORE_ALARM).exists():
        alarms.resolve(ALARM, KEY, now)
        return
    text = _(
        "Data that people had deleted is still on the database's disk, after an hour of attempts."
        " A transaction may have been open for a long time (a backup, a forgotten session; see"
        " pg_stat_activity), or the site's role may not own its tables. End the one or change the"
        " other; the site tries again three times a minute."
    )
    alarms.raise_alarm(ALARM, KEY, text, now)
