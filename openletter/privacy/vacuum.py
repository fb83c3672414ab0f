"""Let what was erased leave the disk too: PostgreSQL keeps old row versions until somebody tidies.

An UPDATE or DELETE only hides them. Small tables are written anew, large ones vacuumed in place;
where our role may, the write-ahead log is let go of as well. It is believed only when it succeeded.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models import F, Min
from django.utils.translation import gettext as _
from psycopg.errors import Diagnostic

from openletter.alarms import flows as alarms
from openletter.lib.db import fitness
from openletter.mail.models import OutgoingMail
from openletter.privacy.models import DiskTrace
from openletter.signatures.models import FormSubmission, Signature

Session: TypeAlias = psycopg.Connection[Any]
log = logging.getLogger(__name__)

# Writing a table anew locks it: up to this size that takes well under a second.
SMALL_BYTES = 32 * 1024 * 1024
# A larger table takes its time, which is taken once for everybody who was erased meanwhile.
LARGE_WAITS = timedelta(minutes=10)
# Three a minute, so this is an hour: a nightly backup may take as long.
TRIES_BEFORE_ALARM = 180
ALARM = "erased data stays on disk"
KEY = "vacuum"
_TABLES = tuple(model._meta.db_table for model in (Signature, OutgoingMail, FormSubmission))
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


def enqueue_vacuum() -> None:
    """Promise, in the transaction of an erasure, that what it takes out leaves the disk."""
    DiskTrace.objects.bulk_create(DiskTrace(table=table) for table in _TABLES)


def vacuum_erased(*, now: datetime) -> bool:
    """Tidy up the tables in which somebody was erased; say whether all of it has left the disk.

    Not inside a transaction. A table that others hold is left for the next time: erasing never
    keeps anybody from signing.
    """
    if not DiskTrace.objects.exists():
        return True
    with fitness.alone(_LOCK, waits=False) as alone:
        if alone:
            _tidy_all(now)
        else:  # whoever holds it may hang: that is to be told as well
            DiskTrace.objects.update(tries=F("tries") + 1)
    _tell(now)
    return not DiskTrace.objects.exists()


def _tidy_all(now: datetime) -> None:
    # Apart from the connection of the tasks, which is limited and stays so.
    with fitness.session(limited=False) as session:
        tidied = [table for table, how in _turns(now) if _tidy(session, table, how)]
        if tidied:
            log.info("vacuum: tidied %s", ", ".join(tidied))
            # Needs rights that a role of a rented database has not; there the log recycles by
            # itself.
            if _do(session, "SELECT pg_switch_wal()"):
                _do(session, "CHECKPOINT")


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


def _tidy(session: Session, table: str, how: str) -> bool:
    """Tidy a table up; what was erased before counts as gone only if nothing kept it."""
    with connection.cursor() as cursor:
        cursor.execute(_REMOVABLE, [table])
        removable = [row[0] for row in cursor.fetchall()]
    done = bool(removable) and _do(session, f'VACUUM ({how}) "{table}"')
    if done:
        DiskTrace.objects.filter(pk__in=removable).delete()
    DiskTrace.objects.filter(table=table).update(tries=F("tries") + 1)
    return done


def _do(session: Session, statement: str) -> bool:
    """Run a statement; False when it failed, or was skipped with a warning, as VACUUM does."""
    warnings: list[str] = []

    def hear(said: Diagnostic) -> None:
        if said.severity_nonlocalized == "WARNING":
            warnings.append(str(said.sqlstate))

    session.add_notice_handler(hear)
    try:
        session.execute(statement)
    except psycopg.Error as problem:
        warnings.append(type(problem).__name__)
    finally:
        session.remove_notice_handler(hear)
    if warnings:
        log.info("vacuum: %s: not done (%s)", statement.split(" (")[0], ", ".join(warnings))
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
    if settings.DATABASE_POOLER:
        text = _(
            "What people had deleted is still on the disk of the database, after an hour of tries."
            " A transaction may be open for long (see pg_stat_activity), or a large table takes"
            " longer than the limit that the role has behind the pooler: run ./run manage vacuum"
            " with DATABASE_POOLER=0 and a DATABASE_URL that leads to PostgreSQL itself."
        )
    alarms.raise_alarm(ALARM, KEY, text, now)
