"""Sweeps in every state, for the tests of what becomes of them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from openletter.accounts.models import User
from openletter.ledger import recounting
from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.sweeps import batches, flows, looking
from openletter.sweeps.models import Sweep, Swept
from tests.factories import make_moderator

S = Sweep.State


def moderator(email: str = "mia@example.org") -> User:
    found = User.objects.filter(email=email).first()
    return found or make_moderator(email, second_factor=False)


def found(letter: Letter | None = None, **question: Any) -> Sweep:
    """A question, and all that it found."""
    asked = Sweep(letter=letter or Letter.objects.get(), **(question or {"domain": "example.org"}))
    sweep = flows.ask(asked, actor_id=moderator().pk, now=timezone.now())
    while looking.look(sweep.pk):
        pass
    sweep.refresh_from_db()
    return sweep


def begin(
    sweep: Sweep,
    to: str = Sweep.To.REMOVED,
    actor: User | None = None,
    *,
    public_note: str = "",
    reason: str = "scripted",
    tells: bool = False,
) -> Sweep:
    flows.begin(
        sweep_id=sweep.pk,
        to=to,
        reason=reason,
        public_note=public_note,
        tells=tells,
        actor_id=(actor or moderator()).pk,
        now=timezone.now(),
    )
    sweep.refresh_from_db()
    return sweep


def swept(letter: Letter | None = None, *, to: str = Sweep.To.REMOVED, **question: Any) -> Sweep:
    """A sweep that was carried out."""
    return work(begin(found(letter, **question), to))


def work(sweep: Sweep, *, size: int = batches.BATCH) -> Sweep:
    """Take a sweep, or what undoes it, to its end."""
    while batches.sweep(sweep.pk, size=size) or batches.undo(sweep.pk, size=size):
        pass
    sweep.refresh_from_db()
    return sweep


def begin_undo(sweep: Sweep) -> Sweep:
    flows.undo(sweep_id=sweep.pk, reason="", actor_id=moderator().pk, now=timezone.now())
    sweep.refresh_from_db()
    return sweep


def undo(sweep: Sweep, *, size: int = batches.BATCH) -> Sweep:
    return work(begin_undo(sweep), size=size)


def number(letter: Letter | None = None) -> int:
    """The number of a letter, of which all ways of counting it say the same."""
    assert all(one.agrees for one in recounting.recount())
    tally = Tally.objects.filter(letter=letter or Letter.objects.get()).first()
    return tally.people + tally.organisations if tally else 0


def left(sweep: Sweep) -> dict[int, str]:
    """Why signatures were left as they were."""
    rows = Swept.objects.filter(sweep=sweep, outcome__in=["left", "kept"])
    return dict(rows.values_list("signature", "why"))
