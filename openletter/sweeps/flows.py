"""What moderators do with a sweep: ask, begin, agree, stop, go on, undo, discard. On record."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Sum

from openletter.accounts.models import User
from openletter.moderation import audit, given_reasons
from openletter.signatures.models import Signature
from openletter.sweeps import looking, notices, questions
from openletter.sweeps.models import MOST_ALONE, SWEEP_ARROWS, Sweep

# Small letters are searched while somebody waits for the page.
_LOOKS_AT_ONCE_SECONDS = 1.0
_S = Sweep.State


class NotNow(Exception):
    """The sweep is in no state in which this can be done: somebody else was faster."""


class Empty(Exception):
    """The question asks for a whole letter."""


class NeedsAnother(Exception):
    """Whoever began a large sweep cannot be the one who agrees to it."""


def ask(sweep: Sweep, *, actor_id: int, now: datetime) -> Sweep:
    """Store a question, and begin to look for what it means. Raises `Empty`."""
    if questions.is_empty(sweep):
        raise Empty
    newest = Signature.objects.aggregate(newest=Max("pk"))["newest"] or 0
    sweep.asked_by_id, sweep.asked_at, sweep.newest = actor_id, now, newest
    sweep.save(force_insert=True)
    until = time.monotonic() + _LOOKS_AT_ONCE_SECONDS
    while time.monotonic() < until and looking.look(sweep.pk):
        pass
    return sweep


@transaction.atomic
def begin(
    *,
    sweep_id: int,
    to: str,
    reason: str,
    public_note: str,
    actor_id: int,
    now: datetime,
    tells: bool = False,
) -> Sweep:
    """Sweep what was found; a large one waits for another moderator first.

    Where it `tells`, whoever is removed gets a mail, if anybody can read it (notices.py).
    """
    sweep = _lock(sweep_id)
    changes: dict[str, Any] = {
        "to": to,
        "reason": reason,
        "public_note": public_note,
        "tells": tells and notices.can_tell(to, reason),
        "begun_by_id": actor_id,
        "agreed_by_id": None,
    }
    who: dict[str, Any] = {"actor_id": actor_id, "reason": reason, "now": now}
    # Two questions at once of one moderator come one after the other.
    User.objects.select_for_update(no_key=True).get(pk=actor_id)
    if needs_another(sweep, actor_id=actor_id, now=now):
        _move(sweep, _S.ASKED, changes, action="ask for sweep", **who)
    else:
        changes["begun_at"] = now
        _move(sweep, _S.RUNNING, changes, action="begin sweep", **who)
    return sweep


def needs_another(sweep: Sweep, *, actor_id: int, now: datetime) -> bool:
    """Say whether a sweep takes a second moderator: by itself, or with the others of this day.

    Else whoever wants to do harm would ask for a thousand at a time.
    """
    alone = Sweep.objects.filter(
        letter=sweep.letter_id,
        begun_by=actor_id,
        agreed_by=None,
        begun_at__gt=now - timedelta(days=1),
    ).exclude(state=_S.UNDONE)
    before = alone.aggregate(number=Sum(F("published") + F("held")))["number"] or 0
    return before + sweep.size > MOST_ALONE


@transaction.atomic
def agree(*, sweep_id: int, actor_id: int, now: datetime) -> None:
    """Let a large sweep begin that another moderator asked for. Raises `NeedsAnother`."""
    sweep = _lock(sweep_id)
    if sweep.state != _S.ASKED:
        raise NotNow(sweep.state)
    if sweep.begun_by_id == actor_id:
        raise NeedsAnother
    changes = {"agreed_by_id": actor_id, "begun_at": now}
    _move(sweep, _S.RUNNING, changes, action="agree to sweep", actor_id=actor_id, now=now)


@transaction.atomic
def refuse(*, sweep_id: int, actor_id: int, now: datetime) -> None:
    """Let a large sweep not begin: whoever agrees with it later asks anew."""
    _move(_lock(sweep_id), _S.FOUND, {}, action="refuse sweep", actor_id=actor_id, now=now)


@transaction.atomic
def stop(*, sweep_id: int, actor_id: int, now: datetime) -> None:
    """Let no more signatures be swept; those that are stay so."""
    _move(_lock(sweep_id), _S.STOPPED, {}, action="stop sweep", actor_id=actor_id, now=now)


@transaction.atomic
def go_on(*, sweep_id: int, actor_id: int, now: datetime) -> None:
    """Sweep the rest after all."""
    sweep = _lock(sweep_id)
    if sweep.state != _S.STOPPED:
        raise NotNow(sweep.state)
    changes = {"cursor": 0}
    _move(sweep, _S.RUNNING, changes, action="go on with sweep", actor_id=actor_id, now=now)


@transaction.atomic
def undo(*, sweep_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Bring back all that was swept and that nobody has changed since."""
    changes = {"cursor": 0, "finished_at": None, "undone_by_id": actor_id}
    _move(
        _lock(sweep_id),
        _S.UNDOING,
        changes,
        action="undo sweep",
        actor_id=actor_id,
        reason=reason or given_reasons.UNDONE,
        now=now,
    )


@transaction.atomic
def discard(*, sweep_id: int) -> None:
    """Forget a question and what it found: nothing has happened yet, so nothing is recorded."""
    sweep = _lock(sweep_id)
    if _S.DISCARDED not in SWEEP_ARROWS[sweep.state]:
        raise NotNow(sweep.state)
    Sweep.objects.filter(pk=sweep.pk).update(state=_S.DISCARDED)


def _lock(sweep_id: int) -> Sweep:
    """Hold a sweep until the transaction ends, behind the batch that is just under way."""
    sweep = Sweep.objects.select_for_update(of=("self",)).filter(pk=sweep_id).first()
    if sweep is None:
        raise NotNow("gone")
    return sweep


def _move(
    sweep: Sweep,
    state: Sweep.State,
    changes: Mapping[str, Any],
    *,
    action: str,
    actor_id: int,
    now: datetime,
    reason: str = "",
) -> None:
    if state not in SWEEP_ARROWS[sweep.state]:
        raise NotNow(sweep.state)
    before = sweep.state
    Sweep.objects.filter(pk=sweep.pk, state=before).update(state=state, **changes)
    sweep.state = state
    audit.record(
        actor_id=actor_id,
        action=action,
        object_kind="sweep",
        object_id=sweep.public_id,
        reason=reason,
        now=now,
        before={"state": before},
        after={"state": state.value, "number": sweep.size},
    )
