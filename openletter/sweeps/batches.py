"""Some hundred signatures of a sweep at a time: their states, what is noted, the number.

One transaction each, so a worker may be killed at any moment: a signature is swept once or not yet.
A batch waits for nobody. Signatures that somebody acts on at this moment it passes over, and comes
back to them; so it can hold many at once without any order among those who act (locks.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from openletter.ledger.models import LedgerEntry
from openletter.lib.db import clock
from openletter.lib.db.statements import Row
from openletter.signatures import counting
from openletter.signatures.decisions import REVIEWED_AS
from openletter.sweeps import notices, rule_verdicts
from openletter.sweeps.models import Sweep, Swept
from openletter.sweeps.steps import mine

# Signing waits for the last part of it: the lines of the ledger.
BATCH = 500
HELD_BECAUSE = "sweep"
_S = Sweep.State

# Just after a large sweep was found PostgreSQL believes that there is hardly anything of it. Then
# it would read and sort all of it for each batch, and not the next ones in the index's order.
_IN_ORDER = "SET LOCAL enable_bitmapscan = off"
# The same number as `address_locks.number_of`: an address does one thing at a time, and the place
# of an address under a letter is neither freed nor taken but by whoever has its lock.
_LOCK = """
WITH next AS MATERIALIZED (
    SELECT signature_id FROM sweeps_swept
    WHERE sweep_id = %(sweep)s AND signature_id > %(cursor)s AND outcome = %(outcome)s
    ORDER BY signature_id LIMIT %(size)s
), known AS MATERIALIZED (
    SELECT id AS signature_id, email_key FROM signatures_signature
    WHERE id IN (SELECT signature_id FROM next)
), alone AS MATERIALIZED (
    SELECT signature_id FROM known
    WHERE email_key = '' OR pg_try_advisory_xact_lock(
        ('x' || encode(substring(email_key FROM 1 FOR 8), 'hex'))::bit(64)::bigint)
), locked AS MATERIALIZED (
    SELECT signature.id FROM signatures_signature AS signature
    WHERE signature.id IN (SELECT signature_id FROM alone)
    FOR UPDATE SKIP LOCKED
)
SELECT (SELECT COUNT(*) FROM next), (SELECT MAX(signature_id) FROM next),
    (SELECT COALESCE(array_agg(id), '{}') FROM locked)
"""
_JUDGED = """
judged AS MATERIALIZED (
    SELECT signature.id, signature.state, signature.held_because, signature.kind,
        signature.email_key, swept.id AS swept, swept.state AS before,
        swept.held_because AS because, CASE {why} ELSE '' END AS why
    FROM sweeps_swept AS swept
    JOIN signatures_signature AS signature ON signature.id = swept.signature_id
    WHERE swept.sweep_id = %(sweep)s AND swept.outcome = %(outcome)s
        AND swept.signature_id = ANY(%(locked)s)
), reviewed AS (
    DELETE FROM moderation_review WHERE kind = %(reviewed_as)s
        AND key IN (SELECT id FROM judged WHERE why = '')
), noted AS (
    UPDATE sweeps_swept AS swept SET {at} = clock_timestamp(), why = judged.why,
        outcome = CASE judged.why WHEN '' THEN %(done)s ELSE %(left)s END{noted}
    FROM judged WHERE swept.id = judged.swept
)
"""
_RESULT = """
SELECT COUNT(*), COUNT(*) FILTER (WHERE why = ''),
    COALESCE(array_agg(id ORDER BY id) FILTER (WHERE why = '' AND before = 'published'), '{}'),
    COUNT(*) FILTER (WHERE why = '' AND before = 'published' AND kind = 'person')
FROM judged
"""
# What decisions.decide does with one. Signatures are as they were found, or left.
_SWEEP = f"""
WITH {
    _JUDGED.format(
        why='''
        WHEN signature.erased_at IS NOT NULL THEN 'erased'
        WHEN signature.state <> swept.state THEN 'state'
        WHEN signature.revision <> swept.revision THEN 'words'
        WHEN signature.state = %(to)s THEN 'already' ''',
        at="at",
        noted=", held_because = judged.held_because",
    )
}, moved AS (
    UPDATE signatures_signature AS signature SET state = %(to)s,
        held_because = CASE %(to)s WHEN 'held' THEN %(held_because)s ELSE '' END,
        verdict = CASE WHEN %(to)s = 'removed' AND judged.email_key <> '' THEN 'removed' ELSE '' END
    FROM judged WHERE signature.id = judged.id AND judged.why = ''
)
{_RESULT}
"""  # noqa: S608 - put together from the constants above
# Whoever decided about it since is right: then it stays as it is.
_UNDO = f"""
WITH {
    _JUDGED.format(
        why='''
        WHEN signature.erased_at IS NOT NULL THEN 'erased'
        WHEN signature.state <> %(to)s
            OR %(to)s = 'held' AND signature.held_because <> %(held_because)s THEN 'state'
        WHEN signature.revision <> swept.revision THEN 'words'
        WHEN EXISTS (
            SELECT 1 FROM moderation_auditentry AS entry WHERE entry.object_kind = 'signature'
                AND entry.object_id = signature.public_id::text AND entry.at > swept.at
                AND entry.action IN ('published signature', 'held signature', 'removed signature',
                    'upheld removal')
        ) THEN 'decided'
        WHEN %(to)s = 'removed' AND signature.email_key <> '' AND EXISTS (
            SELECT 1 FROM signatures_signature AS other
            WHERE other.letter_id = signature.letter_id AND other.email_key = signature.email_key
                AND other.state IN ('held', 'published')
        ) THEN 'address' ''',
        at="undone_at",
        noted="",
    )
}, moved AS (
    UPDATE signatures_signature AS signature SET state = judged.before, verdict = '',
        held_because = CASE judged.before WHEN 'held' THEN judged.because ELSE '' END
    FROM judged WHERE signature.id = judged.id AND judged.why = ''
)
{_RESULT}
"""  # noqa: S608 - put together from the constants above


@dataclass(frozen=True)
class _Way:
    """One of the two ways: what is taken, how, and what is written down."""

    state: Sweep.State
    end: Sweep.State
    takes: Swept.Outcome
    done: Swept.Outcome
    left: Swept.Outcome
    counters: tuple[str, str]
    kind: LedgerEntry.Kind
    statement: str
    tell: Callable[[Sweep, Sequence[int]], None]


_FORWARD = _Way(
    _S.RUNNING,
    _S.DONE,
    Swept.Outcome.WAITING,
    Swept.Outcome.DONE,
    Swept.Outcome.LEFT,
    ("done", "left"),
    LedgerEntry.Kind.REMOVED,
    _SWEEP,
    notices.owe,
)
_BACK = _Way(
    _S.UNDOING,
    _S.UNDONE,
    Swept.Outcome.DONE,
    Swept.Outcome.UNDONE,
    Swept.Outcome.KEPT,
    ("undone", "kept"),
    LedgerEntry.Kind.RESTORED,
    _UNDO,
    notices.take_back,
)


def sweep(sweep_id: int, *, size: int = BATCH) -> bool:
    """Sweep the next signatures; True while there are more that can be tried now."""
    return _step(sweep_id, _FORWARD, size)


def undo(sweep_id: int, *, size: int = BATCH) -> bool:
    """Bring the next signatures back to the state they had; True while there are more to try."""
    return _step(sweep_id, _BACK, size)


@transaction.atomic
def _step(sweep_id: int, way: _Way, size: int) -> bool:
    one = mine(sweep_id, way.state)
    if one is None:
        return False
    found, last, locked = _lock(one, way, size)
    number, done, counted, people = _carry_out(one, way, locked)
    changes: dict[str, object] = {
        way.counters[0]: F(way.counters[0]) + done,
        way.counters[1]: F(way.counters[1]) + number - done,
        "cursor": last if found == size else 0,
    }
    more = found == size
    if not more and not _some_wait(one, way):
        changes |= {"state": way.end, "finished_at": clock.now()}
    Sweep.objects.filter(pk=one.pk, state=way.state).update(**changes)
    if done:
        rule_verdicts.note(one, locked, done=way.done)
        way.tell(one, locked)
    if counted:
        counting.count_all(
            one.letter_id,
            counted,
            way.kind,
            people=people,
            at=clock.now(),
            batch=one.public_id,
        )
    return more


def _lock(one: Sweep, way: _Way, size: int) -> tuple[int, int, list[int]]:
    values = {"sweep": one.pk, "cursor": one.cursor, "outcome": way.takes.value, "size": size}
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER)
    found, last, locked = _row(_LOCK, values)
    return found, last, locked


def _carry_out(one: Sweep, way: _Way, locked: Sequence[int]) -> tuple[int, int, list[int], int]:
    """Judge what is locked, by another snapshot than the one before the locks, and act on it."""
    if not locked:
        return 0, 0, [], 0
    values = {
        "sweep": one.pk,
        "locked": locked,
        "outcome": way.takes.value,
        "done": way.done.value,
        "left": way.left.value,
        "to": one.to,
        "held_because": HELD_BECAUSE,
        "reviewed_as": REVIEWED_AS,
    }
    number, done, counted, people = _row(way.statement, values)
    return number, done, counted, people


def _some_wait(one: Sweep, way: _Way) -> bool:
    return Swept.objects.filter(sweep=one, outcome=way.takes).exists()


def _row(statement: str, values: dict[str, Any]) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: Row = cursor.fetchone()
    return found
