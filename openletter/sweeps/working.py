"""What the site does with sweeps by itself: find, sweep, undo, forget, as far as the time reaches.

No lease is needed: each step is one short transaction that holds the sweep's row.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.lib.db import clock
from openletter.sweeps import batches, looking
from openletter.sweeps.models import Sweep, Swept
from openletter.sweeps.steps import mine

log = logging.getLogger(__name__)

# A task ends by itself well before Celery's soft time limit, and other tasks get their turn.
LONGEST_RUN_SECONDS = 10.0
# Then it waits for a person: at a tick every two seconds, for half a minute it did not work.
MOST_FAILURES = 15
ALARM = "sweep stands still"
_FORGOTTEN_AT_ONCE = 5_000
_S = Sweep.State


def work() -> None:
    """Take every sweep as far as ten seconds reach."""
    until = time.monotonic() + LONGEST_RUN_SECONDS
    owed = Sweep.objects.filter(state__in=_STEPS, failures__lt=MOST_FAILURES).order_by("pk")
    for sweep_id, state, failures in owed.values_list("pk", "state", "failures"):
        try:
            while time.monotonic() < until and _STEPS[state](sweep_id):
                pass
        except DatabaseError:  # one that fails keeps no other waiting
            log.exception("sweep %s", sweep_id)
            _note_failure(sweep_id)
        else:
            if failures:
                Sweep.objects.filter(pk=sweep_id).update(failures=0)


def _note_failure(sweep_id: int) -> None:
    rows = Sweep.objects.filter(pk=sweep_id)
    rows.update(failures=F("failures") + 1)
    if rows.filter(failures__gte=MOST_FAILURES).exists():
        with translation.override(settings.LANGUAGE_CODE):
            text = _(
                "A sweep failed again and again and waits. The log says why; its page goes on with"
                " it."
            )
            alarms.raise_alarm(ALARM, f"sweep:{sweep_id}", text, clock.now())


def try_again(sweep_id: int) -> None:
    """Let a sweep go on that failed too often."""
    Sweep.objects.filter(pk=sweep_id).update(failures=0)
    alarms.resolve(ALARM, f"sweep:{sweep_id}", clock.now())


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
