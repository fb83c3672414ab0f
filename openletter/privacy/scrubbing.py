"""Let what was erased leave the disk too: PostgreSQL keeps old row versions until somebody tidies.

An UPDATE or DELETE only hides them. Small tables are written anew, large ones vacuumed in place;
where our role may, the write-ahead log is let go of as well.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection

from openletter.lib import clock
from openletter.mail.models import OutgoingMail
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import SentForm, Signature

log = logging.getLogger(__name__)

# Writing a table anew locks it: up to this size that takes well under a second.
SMALL_BYTES = 32 * 1024 * 1024
_SCRUBBED_AT = "privacy.scrubbed_at"
# Without a cache nobody remembers; then only what was erased just now counts.
_LOOKS_BACK = timedelta(minutes=10)
_TABLES = (Signature, OutgoingMail, SentForm)


def scrub_if_needed(*, now: datetime) -> bool:
    """Tidy up if somebody was erased since the last time; say whether."""
    since: datetime = cache.get(_SCRUBBED_AT) or now - _LOOKS_BACK
    if not AuditEntry.objects.filter(action="erase signature", at__gt=since).exists():
        return False
    scrub()
    cache.set(_SCRUBBED_AT, now, timeout=None)
    return True


def scrub() -> None:
    """Write small tables anew and vacuum large ones; not inside a transaction.

    A table that others hold is left for the next time: erasing never keeps anybody from signing.
    """
    began = clock.now()
    for model in _TABLES:
        _try(_vacuum(model._meta.db_table))
    # Needs rights that a role of a rented database has not; there the log is recycled by itself.
    if _try("SELECT pg_switch_wal()"):
        _try("CHECKPOINT")
    log.info("scrub: took %.1f s", (clock.now() - began).total_seconds())


def _vacuum(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
        size = cursor.fetchone()[0]
    full = "FULL, " if size <= SMALL_BYTES else ""
    return f'VACUUM ({full}SKIP_LOCKED) "{table}"'


def _try(statement: str) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as problem:
        log.info("scrub: %s: not done (%s)", statement.split(" (")[0], type(problem).__name__)
        return False
    return True
