"""Let one address do one thing at a time, by PostgreSQL's advisory locks."""

from __future__ import annotations

from openletter.lib.db.statements import row_of


def lock_address(key: bytes, mailbox: bytes = b"") -> None:
    """Let one address do one thing at a time, until the transaction ends.

    On all letters together: the limits of mails count what an address gets about all of them.
    Whoever owes a limited mail also names the mailbox, to which other addresses may belong
    (`mailbox_key`); it is always locked last, so that two of its addresses cannot wait for each
    other.
    """
    numbers = [number_of(one) for one in (key, mailbox or key)]
    row_of("SELECT pg_advisory_xact_lock(%s), pg_advisory_xact_lock(%s)", numbers)


def number_of(key: bytes) -> int:
    """Return the number by which PostgreSQL knows the lock of an address."""
    return int.from_bytes(key[:8], "big", signed=True)
