"""What a sweep asks for is found a slice at a time, and noted: that is what will be swept."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value

from openletter.signatures.models import Signature
from openletter.sweeps import questions
from openletter.sweeps.models import Sweep, Swept
from openletter.sweeps.steps import mine

# Signatures that a statement looks at, of whatever letter.
SLICE = 20_000
SAMPLE = 20
_S = Sweep.State


@transaction.atomic
def look(sweep_id: int, *, size: int = SLICE) -> bool:
    """Note what a sweep finds among the next signatures; True while there are more."""
    sweep = mine(sweep_id, _S.LOOKING)
    if sweep is None:
        return False
    end = sweep.cursor + size
    rows = questions.rows(sweep).filter(pk__gt=sweep.cursor, pk__lte=end)
    published, held = _note(sweep, rows)
    changes: dict[str, object] = {
        "cursor": end,
        "published": F("published") + published,
        "held": F("held") + held,
    }
    more = end < sweep.newest
    if not more:
        changes |= {"state": _S.FOUND, "cursor": 0, "sample": _sample(sweep)}
    Sweep.objects.filter(pk=sweep.pk, state=_S.LOOKING).update(**changes)
    return more


def _note(sweep: Sweep, rows: QuerySet[Signature]) -> tuple[int, int]:
    """Note rows without reading them; return how many of them are published, and held."""
    noted = rows.order_by().values_list(
        Value(sweep.pk), "pk", "state", "revision", "held_because", Value(Swept.Outcome.WAITING)
    )
    statement, parameters = noted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH noted AS (
                INSERT INTO sweeps_swept
                    (sweep_id, signature_id, state, revision, held_because, outcome, why)
                SELECT found.*, '' FROM ({statement}) AS found
                RETURNING state
            )
            SELECT COUNT(*) FILTER (WHERE state = 'published'),
                COUNT(*) FILTER (WHERE state = 'held') FROM noted""",  # noqa: S608 - Django's
            parameters,
        )
        published, held = cursor.fetchone()
    return published, held


def _sample(sweep: Sweep) -> list[int]:
    rows = Swept.objects.filter(sweep=sweep).order_by("?")
    return list(rows.values_list("signature", flat=True)[:SAMPLE])
