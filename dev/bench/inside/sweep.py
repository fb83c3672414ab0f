"""Sweeps many signatures of a letter, and takes it back: `python -m dev.bench.inside.sweep …`.

`… rehearsal 100000` asks for those who signed in a time in which so many did. The site's own
workers do the work; only what moderators do happens here. Prints how long each part took.
"""

from __future__ import annotations

import json
import sys
import time

from dev.bench.inside import set_up

set_up()

from openletter.accounts.models import User  # noqa: E402
from openletter.letters.models import Letter  # noqa: E402
from openletter.lib.db import clock  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402
from openletter.sweeps import flows  # noqa: E402
from openletter.sweeps.models import Sweep  # noqa: E402

_PATIENCE = 600.0
_LOOKS_EVERY = 0.1
_S = Sweep.State


def sweep_and_undo(slug: str, number: int) -> dict[str, float]:
    """Return how many were swept, and the seconds until they were found, swept and back."""
    letter = Letter.objects.get(slug=slug)
    counted = Signature.objects.filter(letter=letter, state=Signature.State.PUBLISHED)
    times = counted.order_by("created_at").values_list("created_at", flat=True)
    sweep = Sweep(letter=letter, signed_from=times[0], signed_to=times[number])
    alone, other = (_moderator(name).pk for name in ("alone", "other"))

    began = time.monotonic()
    flows.ask(sweep, actor_id=alone, now=clock.now())
    found = _wait_for(sweep, _S.FOUND)
    took = {"found": time.monotonic() - began}

    began = time.monotonic()
    flows.begin(
        sweep_id=sweep.pk,
        to=Sweep.To.REMOVED,
        reason="A program sent them.",
        public_note="",
        actor_id=alone,
        now=clock.now(),
    )
    if Sweep.objects.get(pk=sweep.pk).state == _S.ASKED:
        flows.agree(sweep_id=sweep.pk, actor_id=other, now=clock.now())
    done = _wait_for(sweep, _S.DONE)
    took["swept"] = time.monotonic() - began

    began = time.monotonic()
    flows.undo(sweep_id=sweep.pk, reason="", actor_id=alone, now=clock.now())
    undone = _wait_for(sweep, _S.UNDONE)
    took["undone"] = time.monotonic() - began
    if not (found.size == done.done == undone.undone):
        raise AssertionError(f"{found.size} found, {done.done} swept, {undone.undone} undone")
    return {**took, "number": found.size}


def _wait_for(sweep: Sweep, state: Sweep.State) -> Sweep:
    until = time.monotonic() + _PATIENCE
    while (found := Sweep.objects.get(pk=sweep.pk)).state != state:
        if time.monotonic() > until:
            raise AssertionError(f"The sweep is still {found.state}: {found.done} done.")
        time.sleep(_LOOKS_EVERY)
    return found


def _moderator(name: str) -> User:
    email = f"{name}@rehearsal.example.org"
    return User.objects.filter(email=email).first() or User.objects.create_user(email)


if __name__ == "__main__":
    json.dump(sweep_and_undo(sys.argv[1], int(sys.argv[2])), sys.stdout)
