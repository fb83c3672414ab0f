"""Public ids: UUIDv7, made here because PostgreSQL before 18 cannot."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

# The same, of one that a statement makes.
UUID7_IN_SQL = """
encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
    FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def uuid7(at: datetime | None = None) -> UUID:
    """Return a UUID that sorts by the time it was made (RFC 9562, version 7).

    That is by the clock of this machine, unless the caller says what time it is (lib/db/clock.py):
    whatever is judged by the time in an id needs the one that all machines agree on.
    """
    since_1970 = time.time_ns() // 1_000_000 if at is None else (at - _EPOCH) // _MILLISECOND
    value = since_1970 << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def made_at(public_id: UUID) -> datetime:
    """Return the UTC time that a UUIDv7 carries, to the millisecond."""
    return datetime.fromtimestamp((public_id.int >> 80) / 1000, tz=UTC)
