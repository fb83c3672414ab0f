"""A moderator publishes, holds or removes a signature, on record."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from openletter.ledger.models import LedgerEntry
from openletter.lib.db import constraints
from openletter.moderation import audit, given_reasons, reviews
from openletter.moderation.rule_settings import record as rule_record
from openletter.signatures import counting, removal_notices
from openletter.signatures.abuse import flags
from openletter.signatures.locks import Gone, lock_signature
from openletter.signatures.models import ARROWS, ONE_PER_ADDRESS, Signature

REVIEWED_AS = "signature"  # in moderation/reviews.py


class NotAllowed(Exception):
    """There is no arrow between these states, or the address has another signature that counts."""


class ChangedMeanwhile(NotAllowed):
    """It is not what was seen any more: its owner or another moderator was faster. Look again."""


@transaction.atomic
def decide(
    *,
    signature_id: int,
    revision: int,
    seen: Signature.State | None = None,
    to: Signature.State,
    actor_id: int | None,
    reason: str,
    now: datetime,
    held_because: str = "moderator",
    tells: bool = False,
    answers: bool = False,
) -> None:
    """Let a moderator publish, hold or remove a signature; the number moves with it, on record.

    `revision` is that of the words which the moderator saw, `seen` the state, if it is known;
    `held_because` says why it is held from now on, where it is (held_reasons.py); where it `tells`,
    its owner gets a mail about a removal; where it `answers` an objection, whoever decides about
    that tells its owner. Raises `ChangedMeanwhile` when they are others by now, or `NotAllowed`.
    """
    signature = _lock(signature_id)
    before = Signature.State(signature.state)
    if signature.revision != revision or seen not in {None, before}:
        raise ChangedMeanwhile
    if not _is_for_moderators(before, to) or not _can_be_judged(signature, to):
        raise NotAllowed(f"{before} -> {to}")
    because = held_because if to == Signature.State.HELD else signature.held_because
    _move(signature, before, to, held_because=held_because)
    reviews.end(REVIEWED_AS, signature.pk)
    _record(signature, before, to, actor_id=actor_id, reason=reason, now=now)
    rule_record.note(
        [because, *signature.flags],
        letter_id=signature.letter_id,
        was=before,
        becomes=to,
        is_undone=reason == given_reasons.UNDONE,
        now=now,
    )
    if before == Signature.State.REMOVED:
        removal_notices.take_back(signature, now=now, tells=not answers)
    elif to == Signature.State.REMOVED and tells:
        removal_notices.owe(signature, reason=reason, now=now)
    _count(signature, before, to, now)


@transaction.atomic
def keep_held(
    *, signature_id: int, revision: int, actor_id: int, reason: str, now: datetime
) -> None:
    """Let a held signature wait on, behind those that nobody has looked at; on record.

    Raises `ChangedMeanwhile` when it is not held any more, or with other words than were seen.
    """
    signature = _lock_held(signature_id, revision)
    reviews.keep(REVIEWED_AS, signature.pk, moderator_id=actor_id, now=now)
    audit.record(
        actor_id=actor_id,
        action="kept signature",
        object_kind="signature",
        object_id=signature.public_id,
        reason=reason,
        now=now,
    )


@transaction.atomic
def keep_held_no_longer(*, signature_id: int, revision: int, actor_id: int) -> None:
    """Let a signature wait in its old place that this moderator kept held.

    Raises `ChangedMeanwhile` when it is not held any more, or with other words.
    """
    signature = _lock_held(signature_id, revision)
    reviews.keep_no_longer(REVIEWED_AS, signature.pk, moderator_id=actor_id)


@transaction.atomic
def undo(
    *,
    signature_id: int,
    revision: int,
    decided: Signature.State,
    actor_id: int,
    held_because: str,
    now: datetime,
) -> None:
    """Let a signature be held again, and for the same reason, that this moderator decided about.

    Raises `ChangedMeanwhile` when anybody has acted on it since, or `NotAllowed`.
    """
    signature = _lock(signature_id)
    acts = audit.entries_about("signature", signature.public_id)
    last = acts.order_by("-at", "-pk").first()
    if last is None or (last.actor_id, last.action) != (actor_id, f"{decided.value} signature"):
        raise ChangedMeanwhile
    decide(
        signature_id=signature_id,
        revision=revision,
        seen=decided,
        to=Signature.State.HELD,
        actor_id=actor_id,
        reason=given_reasons.UNDONE,
        now=now,
        held_because=held_because,
    )


def _lock(signature_id: int) -> Signature:
    try:
        return lock_signature(signature_id)
    except Gone as problem:
        raise NotAllowed("gone") from problem


def _lock_held(signature_id: int, revision: int) -> Signature:
    """Lock a signature that is held with the words that were seen, or raise `ChangedMeanwhile`."""
    try:
        signature = lock_signature(signature_id)
    except Gone as problem:
        raise ChangedMeanwhile from problem
    if (signature.revision, signature.state) != (revision, Signature.State.HELD):
        raise ChangedMeanwhile
    return signature


def possible(rows: QuerySet[Signature], *, to: Signature.State) -> QuerySet[Signature]:
    """Return those of some signatures that `decide` would take to a state, as they are now.

    But for those whose address has another signature that counts: that shows when it is tried.
    """
    from_states = [state for state in Signature.State if to in ARROWS[state]]
    found = rows.filter(state__in=from_states).exclude(state=Signature.State.PENDING)
    if to == Signature.State.REMOVED:
        return found
    counted_before = Q(state=Signature.State.REMOVED, ledger_index__isnull=False)
    may_return = counted_before if to == Signature.State.PUBLISHED else Q(pk__in=[])
    return found.filter(Q(erased_at=None) | may_return)


def _is_for_moderators(before: Signature.State, to: Signature.State) -> bool:
    """Say whether there is such an arrow, and it is not the owner's."""
    by_owner = before == Signature.State.PENDING or to == Signature.State.WITHDRAWN
    return to in ARROWS[before] and not by_owner


def _can_be_judged(signature: Signature, to: Signature.State) -> bool:
    """Say no where nothing is left to look at: that can be taken away, and this be undone."""
    if signature.erased_at is None or to == Signature.State.REMOVED:
        return True
    counted = signature.ledger_index is not None
    return counted and (signature.state, to) == (Signature.State.REMOVED, Signature.State.PUBLISHED)


def _record(
    signature: Signature,
    before: Signature.State,
    to: Signature.State,
    *,
    actor_id: int | None,
    reason: str,
    now: datetime,
) -> None:
    audit.record(
        actor_id=actor_id,
        action=f"{to.value} signature",
        object_kind="signature",
        object_id=signature.public_id,
        reason=reason,
        now=now,
        before={"state": before.value},
        after={"state": to.value},
    )


def _count(
    signature: Signature, before: Signature.State, to: Signature.State, now: datetime
) -> None:
    """Move the number by a signature, last in the transaction, if it counts now or did."""
    if to == Signature.State.PUBLISHED:
        placed = signature.ledger_index is not None
        kind = LedgerEntry.Kind.RESTORED if placed else LedgerEntry.Kind.SIGNED
        counting.count(signature, kind, at=now)
    elif before == Signature.State.PUBLISHED:
        counting.count(signature, LedgerEntry.Kind.REMOVED, at=now)


def _move(
    signature: Signature, before: Signature.State, to: Signature.State, *, held_because: str
) -> None:
    key = bytes(signature.email_key)
    seen = Signature.objects.filter(pk=signature.pk, state=before, revision=signature.revision)
    changes = {
        "held_because": held_because if to == Signature.State.HELD else "",
        "verdict": flags.REMOVED if to == Signature.State.REMOVED and key else "",
    }
    try:
        with transaction.atomic():
            if not seen.update(state=to, **changes):
                raise ChangedMeanwhile
    except IntegrityError as problem:
        if constraints.broken_by(problem) != ONE_PER_ADDRESS:
            raise
        raise NotAllowed("another signature of this address counts already") from problem
    if to == Signature.State.PUBLISHED and key:
        # Whoever was looked at and found right is under no suspicion any more.
        same = Signature.objects.filter(letter=signature.letter_id, email_key=key)
        same.exclude(verdict="").update(verdict="")
