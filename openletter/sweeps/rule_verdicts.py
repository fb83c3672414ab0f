"""What a batch of a sweep, or of its undoing, says of the rules that objected to its signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from openletter.lib.db import clock
from openletter.moderation.rule_settings import record
from openletter.moderation.rules import BY_REASON
from openletter.sweeps.models import Sweep, Swept

# By rule first: decisions of others take a rule's row in this order, too.
_COUNTED = """
SELECT rule, swept.state, COUNT(*)
FROM sweeps_swept AS swept
JOIN signatures_signature AS signature ON signature.id = swept.signature_id,
LATERAL (SELECT DISTINCT unnest(signature.flags || swept.held_because) AS rule) AS objecting
WHERE swept.sweep_id = %(sweep)s AND swept.signature_id = ANY(%(keys)s)
    AND swept.outcome = %(done)s AND rule = ANY(%(rules)s)
GROUP BY rule, swept.state ORDER BY rule COLLATE "C", swept.state
"""


def note(one: Sweep, keys: Sequence[int], *, done: Swept.Outcome) -> None:
    """Count what was done with some of a sweep's signatures; in its transaction."""
    is_undone = done == Swept.Outcome.UNDONE
    values: dict[str, Any] = {
        "sweep": one.pk,
        "keys": list(keys),
        "done": done.value,
        "rules": list(BY_REASON),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, values)
        counted = cursor.fetchall()
    for rule, state, number in counted:
        was, becomes = (one.to, state) if is_undone else (state, one.to)
        record.note(
            [rule],
            letter_id=one.letter_id,
            was=was,
            becomes=becomes,
            is_undone=is_undone,
            number=number,
            now=clock.now(),
        )
