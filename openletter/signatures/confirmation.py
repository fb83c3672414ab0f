"""An attempt is confirmed, exactly once, or nobody confirms it in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.db import constraints
from openletter.lib.db.address_locks import lock_address
from openletter.signatures import counting
from openletter.signatures.judgement import (
    LINK_LASTS,
    NoLongerValid,
    SignedAlready,
    WordsChanged,
    check_confirmable,
    reason_to_hold,
)
from openletter.signatures.models import ONE_PER_ADDRESS, Signature
from openletter.signatures.signing import enqueue_mail


@dataclass(frozen=True)
class Confirmed:
    """What confirming did: the signatory's number, or None when a person looks first."""

    signature: Signature
    number: int | None


def confirm(
    attempt: Signature,
    *,
    by: Signature.Way = Signature.Way.LINK,
    revision: int | None = None,
    now: datetime,
) -> Confirmed:
    """Publish a pending signature, or hold it for review, exactly once.

    Raises a `Refused`. `attempt` needs its letter loaded. `revision` is that of the words which the
    page showed, if it said so.
    """
    attempt.confirmed_by = by
    because = _judge(attempt, revision, now)
    try:
        with transaction.atomic():
            # Two attempts of one address would each wait for the other's row.
            lock_address(bytes(attempt.email_key))
            enqueue_mail(attempt, "signatures.receipt", about=attempt.public_id, now=now)
            confirmed = _act(attempt, because, now)
            if confirmed is None:  # it changed while we waited
                found = _read_again(attempt)
                confirmed = _act(found, _judge(found, revision, now), now)
            if confirmed is None:
                raise NoLongerValid
    except IntegrityError as problem:
        if constraints.broken_by(problem) != ONE_PER_ADDRESS:
            raise
        raise SignedAlready from problem
    return confirmed


def _judge(attempt: Signature, revision: int | None, now: datetime) -> str:
    """Return why a person looks at it first, or an empty text. Raises a `Refused`."""
    check_confirmable(attempt, now)
    if revision not in {None, attempt.revision}:
        raise WordsChanged
    return reason_to_hold(attempt)


def _act(attempt: Signature, because: str, now: datetime) -> Confirmed | None:
    """Hold or publish; None when the row is not what was judged any more, and nothing happened."""
    if because:
        return Confirmed(attempt, None) if _hold(attempt, because, now) else None
    entry = counting.publish(attempt, at=now)
    return Confirmed(attempt, entry.count) if entry else None


def _read_again(attempt: Signature) -> Signature:
    """Return an attempt as it is by now; nobody changes it or its letter until we are done."""
    rows = Signature.objects.select_for_update(of=("self", "letter"), no_key=True)
    found = rows.select_related("letter").filter(pk=attempt.pk).first()
    if found is None:
        raise NoLongerValid
    found.confirmed_by = attempt.confirmed_by
    return found


def _hold(attempt: Signature, because: str, now: datetime) -> bool:
    same = Signature.objects.filter(
        letter=attempt.letter_id, email_key=attempt.email_key, state=Signature.State.PENDING
    )
    letter = attempt.letter
    as_judged = Letter.objects.filter(
        pk=letter.pk, state=letter.state, policy=letter.policy, closes_at=letter.closes_at
    )
    judged = same.filter(
        Exists(as_judged), pk=attempt.pk, revision=attempt.revision, flags=attempt.flags
    )
    changes = {"held_because": because, "confirmed_at": now, "confirmed_by": attempt.confirmed_by}
    if not judged.update(state=Signature.State.HELD, **changes):
        return False
    same.update(state=Signature.State.EXPIRED)
    return True


def confirmation_code(attempt: Signature) -> str:
    """Return the six digits in an attempt's mail, the same in every copy."""
    return tokens.six_digits("confirm", attempt.public_id, generation=attempt.generation)


def expire(*, now: datetime, limit: int = 1000) -> int:
    """Let attempts expire whose link has run out for good; return how many."""
    old = Signature.objects.filter(state=Signature.State.PENDING, asked_at__lt=now - 4 * LINK_LASTS)
    # Named twice: one whose mail is asked for again meanwhile does not expire.
    return old.filter(pk__in=old.values("pk")[:limit]).update(state=Signature.State.EXPIRED)
