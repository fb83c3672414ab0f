"""Public ids: UUIDv7, made here because PostgreSQL before 18 cannot."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


def uuid7() -> UUID:
    """Return a UUID that sorts by the time it was made (RFC 9562, version 7)."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def made_at(public_id: UUID) -> datetime:
    """Return the UTC time that a UUIDv7 carries, to the millisecond."""
    return datetime.fromtimestamp((public_id.int >> 80) / 1000, tz=UTC)
