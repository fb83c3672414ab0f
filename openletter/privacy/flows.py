"""Hand over, erase and expire what every package holds about people."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction

from openletter.accounts import personal as accounts
from openletter.claims import personal as claims
from openletter.letters.models import Letter
from openletter.lib.db.address_locks import lock_address
from openletter.lib.personal import Expiry
from openletter.mail import caught_mails
from openletter.mail import personal as mail
from openletter.privacy import erasure_log, vacuum
from openletter.privacy.registry import EXPIRIES, EXPORTS
from openletter.signatures import personal as signatures
from openletter.signatures.models import Signature

log = logging.getLogger(__name__)

BATCH = 1_000
# A task ends by itself well before Celery's soft time limit.
LONGEST_RUN_SECONDS = 30.0


def export(email_key: bytes, *, now: datetime) -> dict[str, Any]:
    """Return everything that is held about the owner of an address, on all letters."""
    person = signatures.person(email_key)
    return {
        "site": settings.SITE_URL,
        "made_at": now.isoformat(timespec="seconds"),
        **{package: give(person) for package, give in EXPORTS.items()},
    }


@dataclass(frozen=True)
class Erasure:
    """What is to be erased: on one letter or all (None); whether what counts goes on counting."""

    email_key: bytes
    letter: Letter | None = None
    keep_count: bool = False
    only: UUID | None = None  # this one signature, and nothing else of the person


@transaction.atomic
def erase(what: Erasure, *, actor_id: int | None = None, reason: str = "", now: datetime) -> int:
    """Delete a person's data in every package; return how many signatures were erased.

    The hash of the address and the lines of the ledger stay; the privacy page says why.
    """
    lock_address(what.email_key)
    person = signatures.person(what.email_key, what.letter)
    if what.only is not None:
        person = replace(person, public_ids=(str(what.only),), only_these=True)
    addresses = Signature.objects.filter(public_id__in=person.public_ids).exclude(email="")
    known = {row.email for row in addresses.only("email")} if what.only is None else set()
    erased = signatures.erase(
        person, keep_count=what.keep_count, actor_id=actor_id, reason=reason, now=now
    )
    claims.erase(person)
    mail.erase(person)
    accounts.erase(person)
    vacuum.enqueue_vacuum()
    transaction.on_commit(partial(_afterwards, erased, known))
    return len(erased)


def _afterwards(erased: dict[UUID, bool], known: set[str]) -> None:
    for public_id, counts in erased.items():
        erasure_log.write(public_id, counts=counts)
    caught_mails.forget(known)


def erase_again(public_ids: Mapping[str, bool], *, now: datetime) -> int:
    """Erase what was erased before a restore, and whether it counts; return how many were back.

    Nothing else of the same people is touched: what they did since the backup is not undone by it.
    """
    number = 0
    for public_id, counts in public_ids.items():
        rows = Signature.objects.select_related("letter").filter(erased_at=None)
        row = rows.filter(public_id=public_id).first()
        if row is not None:
            what = Erasure(bytes(row.email_key), row.letter, counts, only=row.public_id)
            number += erase(what, reason="erased before a restore", now=now)
    return number


def expire(
    *,
    now: datetime,
    dry_run: bool = False,
    seconds: float = LONGEST_RUN_SECONDS,
    batch: int = BATCH,
) -> list[Expiry]:
    """Delete what every package keeps no longer, in batches, as far as the time reaches.

    A package whose deleting fails, such as by a time limit, keeps no other from its own; what it
    raised comes out in the end, so that nobody believes it was done.
    """
    until = time.monotonic() + seconds
    total: dict[str, int] = {}
    failed: DatabaseError | None = None
    for expire_package in EXPIRIES.values():
        more = True
        while more:
            try:
                found = expire_package(now=now, limit=batch, dry_run=dry_run)
            except DatabaseError as problem:
                failed = problem
                break
            for one in found:
                total[one.what] = total.get(one.what, 0) + one.number
            is_full = any(one.number >= batch for one in found)
            more = is_full and not dry_run and time.monotonic() <= until
    for what, number in total.items():
        if number and not dry_run:
            log.info("expire: %s: %d", what, number)
    if failed is not None:
        raise failed
    return [Expiry(what, number) for what, number in total.items()]
