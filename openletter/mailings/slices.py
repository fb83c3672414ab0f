"""What the site does with mailings by itself: begin, owe the mails slice by slice, drop, finish.

Every step is one guarded transaction, so workers may run this side by side, be killed, or both.
Recipients never enter this process: one statement copies a slice inside the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from openletter.lib.ids import UUID7_IN_SQL
from openletter.mail.limits import streams, throttles
from openletter.mail.models import NO_BATCH, Lane
from openletter.mailings.models import Mailing
from openletter.mailings.recipients import DEDUPE_KEY, KIND, WANTED, parameters

SLICE = 10_000
# A task ends by itself well before Celery's soft time limit.
LONGEST_RUN_SECONDS = 20.0
CANCELLED = "the mailing was cancelled"
_M = Mailing.State

# The address, its key and its domain are copied as they are stored: encrypted, hashed, folded.
# Who is erased or leaves meanwhile is waited for, and who comes later waits for the slice: else it
# would add an address just after an erasure took that out of every mail (T59).
# Due at once, a microsecond apart, so that a worker finds the next fifty without sorting them all.
_OWE_SLICE = f"""
WITH slice AS (
    SELECT s.id, s.public_id, s.language, s.email, s.email_key, s.email_domain,
        %(now)s::timestamptz - INTERVAL '1 microsecond' * (1000000 - s.id %% 1000000) AS due_at
    {WANTED} AND s.id > %(cursor)s ORDER BY s.id LIMIT %(size)s
    FOR SHARE OF s
), owed AS (
    INSERT INTO mail_outgoingmail (
        id, kind, dedupe_key, recipient, recipient_key, recipient_domain, language, lane,
        about, topic, batch, state, first_due_at, due_at, attempts, error
    )
    SELECT {UUID7_IN_SQL}, %(kind)s, {DEDUPE_KEY}, s.email, s.email_key, s.email_domain, s.language,
        %(lane)s, s.public_id, %(topic)s, %(batch)s, 'due', s.due_at, s.due_at, 0, ''
    FROM slice AS s
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING 1
)
SELECT (SELECT COUNT(*) FROM slice), (SELECT MAX(id) FROM slice), (SELECT COUNT(*) FROM owed)
"""  # noqa: S608 - put together from the constants above
# A mail that was never tried gives its key back: a later mailing may reach that address.
# In the order of the index of due mails (mail/limits/streams.py), which what is dropped already has
# left.
_DROP_SLICE = """
UPDATE mail_outgoingmail SET
    state = 'dropped',
    error = %(error)s,
    dedupe_key = CASE
        WHEN attempts = 0 AND lease_until IS NULL THEN dedupe_key || ':' || id ELSE dedupe_key
    END
WHERE id IN (
    SELECT id FROM mail_outgoingmail
    WHERE lane = %(lane)s AND state = 'due' AND topic = %(topic)s AND kind = %(kind)s
        AND COALESCE(batch, %(no_batch)s::uuid) = %(batch)s
        AND (lease_until IS NULL OR lease_until < %(now)s)
    ORDER BY due_at, id LIMIT %(size)s FOR UPDATE SKIP LOCKED
)
"""


def work(*, now: datetime) -> None:
    """Take every mailing as far as twenty seconds reach."""
    until = time.monotonic() + LONGEST_RUN_SECONDS
    begin_due(now=now)
    dropping = Q(state=_M.CANCELLED, finished_at=None)
    _repeat(drop_slice, dropping, until=until, now=now)
    _repeat(enqueue_slice, Q(state=_M.ENQUEUEING), until=until, now=now)
    _repeat(finish, Q(state=_M.SENDING), until=until, now=now)


def _repeat(step: Callable[..., bool], which: Q, *, until: float, now: datetime) -> None:
    """Take a step of each mailing again and again while there is more to do, and time."""
    for mailing_id in Mailing.objects.filter(which).order_by("pk").values_list("pk", flat=True):
        while time.monotonic() < until and step(mailing_id, now=now):
            pass


def begin_due(*, now: datetime) -> None:
    """Let every mailing begin whose time has come."""
    due = Mailing.objects.filter(state=_M.SCHEDULED, starts_at__lte=now)
    due.update(state=_M.ENQUEUEING, started_at=now)


@transaction.atomic
def enqueue_slice(mailing_id: int, *, now: datetime, size: int = SLICE) -> bool:
    """Put the next mails of a mailing into the outbox; True while there are more."""
    mailing = _mine(mailing_id, _M.ENQUEUEING)
    if mailing is None:
        return False
    values: dict[str, int | str | UUID | datetime] = {
        **parameters(mailing.update, now=now),
        "cursor": mailing.cursor,
        "size": size,
        "kind": KIND,
        "lane": Lane.BULK.value,
        "batch": mailing.public_id,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWE_SLICE, values)
        found, last, owed = cursor.fetchone()
    more = bool(found == size)
    changes: dict[str, object] = {"recipients": F("recipients") + owed}
    if found:
        changes["cursor"] = last
    if not more:
        changes |= {"state": _M.SENDING, "enqueued_at": now}
    Mailing.objects.filter(pk=mailing.pk, state=_M.ENQUEUEING).update(**changes)
    return more


@transaction.atomic
def drop_slice(mailing_id: int, *, now: datetime, size: int = SLICE) -> bool:
    """Drop the next mails of a cancelled mailing; True while there are more to drop now."""
    mailing = _mine(mailing_id, _M.CANCELLED)
    if mailing is None or mailing.finished_at is not None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            _DROP_SLICE,
            {
                "lane": Lane.BULK.value,
                "topic": mailing.update.letter.topic,
                "kind": KIND,
                "batch": mailing.public_id,
                "no_batch": NO_BATCH,
                "now": now,
                "size": size,
                "error": CANCELLED,
            },
        )
        dropped = cursor.rowcount
    if dropped:
        return True
    _close(mailing, _M.CANCELLED, now=now)
    return False


@transaction.atomic
def finish(mailing_id: int, *, now: datetime) -> bool:
    """Note that the last mail of a mailing has left or failed; never more to do."""
    mailing = _mine(mailing_id, _M.SENDING)
    if mailing is not None:
        _close(mailing, _M.DONE, now=now)
    return False


def _mine(mailing_id: int, state: Mailing.State) -> Mailing | None:
    """Hold a mailing until the transaction ends; None when another worker does, or it moved on."""
    mailings = Mailing.objects.select_for_update(skip_locked=True, of=("self",))
    return mailings.select_related("update__letter").filter(pk=mailing_id, state=state).first()


def _close(mailing: Mailing, to: Mailing.State, *, now: datetime) -> None:
    """End a mailing of which no mail is due any more, in a worker's hands or not."""
    if any(stream.batch == mailing.public_id for stream in streams.of(Lane.BULK)):
        return
    Mailing.objects.filter(pk=mailing.pk, state=mailing.state).update(state=to, finished_at=now)
    throttles.release(throttles.batch_key(mailing.public_id))
