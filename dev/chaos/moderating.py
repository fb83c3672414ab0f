"""Moderators who decide, undo and sweep at once: `python -m dev.chaos.moderating SIGNATURES SEED`.

Runs in the site's environment until its standard input ends. What the database refuses while it is
away they try again later, as people do; what somebody else was faster at they leave.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from dev.bench.inside import set_up

set_up()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from dev.chaos.inside import sign  # noqa: E402
from dev.chaos.moderators import MODERATED_DOMAIN  # noqa: E402
from openletter.accounts.models import User  # noqa: E402
from openletter.letters.models import Letter  # noqa: E402
from openletter.signatures import decisions  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402
from openletter.sweeps import flows  # noqa: E402
from openletter.sweeps.models import Sweep  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

_BY_HAND = 3  # moderators, besides the one who sweeps
_BETWEEN_SECONDS = 0.1
_UNDONE = 0.3  # of their decisions
_STOPPED = 0.3  # of the sweeps, and then they go on
_LAST_SECONDS = 60.0
_WHY = "Chaos."
_S = Signature.State
_TO = (_S.PUBLISHED, _S.HELD, _S.REMOVED)


class Desk:
    """What all of them know, and count."""

    def __init__(self, letter: Letter, seed: int) -> None:
        self.letter = letter
        self.seed = seed
        self.stop = threading.Event()
        self.done: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, what: str, number: int = 1) -> None:
        with self._lock:
            self.done[what] += number

    def try_to(self, act: Callable[[], object]) -> bool:
        """Return whether it was done; somebody may be faster, or the database away."""
        try:
            act()
        except (decisions.NotAllowed, flows.NotNow):
            self.note("refused")
        except (DatabaseError, InterfaceError):
            self.note("failed")
            connection.close()
            self.stop.wait(1.0)
        else:
            return True
        return False


def decide_all_the_while(desk: Desk, number: int, actor_id: int) -> None:
    chance = random.Random(desk.seed * 100 + number)  # noqa: S311 - repeatable
    while not desk.stop.wait(_BETWEEN_SECONDS):
        desk.try_to(lambda: _decide_about_one(desk, chance, actor_id))
    connection.close()


def _decide_about_one(desk: Desk, chance: random.Random, actor_id: int) -> None:
    states = [state.value for state in _TO]
    rows = Signature.objects.filter(email_domain=MODERATED_DOMAIN, state__in=states)
    one = chance.choice(list(rows))
    to = chance.choice([state for state in _TO if state != one.state])
    decisions.decide(
        signature_id=one.pk,
        revision=one.revision,
        seen=_S(one.state),
        to=to,
        actor_id=actor_id,
        reason=_WHY,
        now=timezone.now(),
    )
    desk.note("decided")
    if one.state != _S.HELD or chance.random() > _UNDONE:
        return
    desk.stop.wait(_BETWEEN_SECONDS)
    decisions.undo(
        signature_id=one.pk,
        revision=one.revision,
        decided=to,
        actor_id=actor_id,
        held_because=one.held_because,
        now=timezone.now(),
    )
    desk.note("undone")


def sweep_all_the_while(desk: Desk, actor_id: int) -> None:
    chance = random.Random(desk.seed)  # noqa: S311 - repeatable
    while not desk.stop.is_set():
        if not desk.try_to(lambda: _sweep_once(desk, chance, actor_id)):
            desk.stop.wait(1.0)
    connection.close()


def _sweep_once(desk: Desk, chance: random.Random, actor_id: int) -> None:
    question = Sweep(letter=desk.letter, domain=MODERATED_DOMAIN)
    sweep = flows.ask(question, actor_id=actor_id, now=timezone.now())
    _wait(desk, sweep, Sweep.State.FOUND)
    to = chance.choice([Sweep.To.REMOVED, Sweep.To.HELD])
    flows.begin(
        sweep_id=sweep.pk, to=to, reason=_WHY, public_note="", actor_id=actor_id, now=timezone.now()
    )
    desk.note("sweeps")
    if chance.random() < _STOPPED and desk.try_to(
        lambda: flows.stop(sweep_id=sweep.pk, actor_id=actor_id, now=timezone.now())
    ):
        desk.note("sweeps_stopped")
        flows.go_on(sweep_id=sweep.pk, actor_id=actor_id, now=timezone.now())
    _wait(desk, sweep, Sweep.State.DONE)
    flows.undo(sweep_id=sweep.pk, reason=_WHY, actor_id=actor_id, now=timezone.now())
    _wait(desk, sweep, Sweep.State.UNDONE)
    sweep.refresh_from_db()
    desk.note("swept", sweep.done)
    desk.note("brought_back", sweep.undone)


def _wait(desk: Desk, sweep: Sweep, state: Sweep.State) -> None:
    """Return when a sweep is in a state; when it is time to end, the site ends it by itself."""
    until = None
    while Sweep.objects.values_list("state", flat=True).get(pk=sweep.pk) != state:
        if desk.stop.wait(_BETWEEN_SECONDS):
            until = until or time.monotonic() + _LAST_SECONDS
            time.sleep(_BETWEEN_SECONDS)
            if time.monotonic() > until:
                raise AssertionError(f"sweep {sweep.pk} does not come to {state}")


def main(signatures: int, seed: int) -> None:
    letter = Letter.objects.public().earliest("created_at")
    for number in range(signatures):
        sign(letter, f"moderated-{number}@{MODERATED_DOMAIN}", timezone.now())
    desk = Desk(letter, seed)
    actors = [
        User.objects.create_superuser(f"moderator-{number}@example.org").pk
        for number in range(_BY_HAND + 1)
    ]
    threads = [
        threading.Thread(target=decide_all_the_while, args=(desk, number, actor))
        for number, actor in enumerate(actors[:-1])
    ]
    threads.append(threading.Thread(target=sweep_all_the_while, args=(desk, actors[-1])))
    for thread in threads:
        thread.start()
    sys.stdin.read()
    desk.stop.set()
    for thread in threads:
        thread.join()
    names = ("decided", "undone", "refused", "failed", "swept", "brought_back", "sweeps")
    json.dump({name: desk.done[name] for name in (*names, "sweeps_stopped")}, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
