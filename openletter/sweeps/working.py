"""What the site does with sweeps by itself: find, sweep, undo, forget, as far as the time reaches.

No lease is needed: each step is one short transaction that holds the sweep's row.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, transaction

from openletter.sweeps import batches, looking
from openletter.sweeps.models import Sweep, Swept
from openletter.sweeps.steps import mine

log = logging.getLogger(__name__)

# A task ends by itself well before Celery's soft time limit, and other tasks get their turn.
LONGEST_RUN_SECONDS = 10.0
_FORGOTTEN_AT_ONCE = 5_000
_S = Sweep.State


def work() -> None:
    """Take every sweep as far as ten seconds reach."""
    until = time.monotonic() + LONGEST_RUN_SECONDS
    owed = Sweep.objects.filter(state__in=_STEPS).order_by("pk").values_list("pk", "state")
    for sweep_id, state in owed:
        try:
            while time.monotonic() < until and _STEPS[state](sweep_id):
                pass
        except DatabaseError:  # it comes again with the next tick, and keeps no other waiting
            log.exception("sweep %s", sweep_id)


@transaction.atomic
def forget(sweep_id: int) -> bool:
    """Delete what a discarded question found, and then the question; True while there is more."""
    sweep = mine(sweep_id, _S.DISCARDED)
    if sweep is None:
        return False
    some = Swept.objects.filter(sweep=sweep).order_by("signature").values("pk")
    if Swept.objects.filter(pk__in=some[:_FORGOTTEN_AT_ONCE]).delete()[0]:
        return True
    sweep.delete()
    return False


_STEPS: dict[str, Callable[[int], bool]] = {
    _S.LOOKING: looking.look,
    _S.RUNNING: batches.sweep,
    _S.UNDOING: batches.undo,
    _S.DISCARDED: forget,
}
