"""An attempt is confirmed, exactly once, or nobody confirms it in time."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from openletter.lib import tokens
from openletter.lib.db import constraints
from openletter.lib.db.address_locks import lock_address
from openletter.moderation.external_rule.question import Occasion
from openletter.moderation.rules import Judged
from openletter.signatures import counting, external_opinion
from openletter.signatures.abuse import flags
from openletter.signatures.external_opinion import Opinion
from openletter.signatures.judgement import (
    LINK_LASTS,
    NoLongerValid,
    SignedAlready,
    WordsChanged,
    check_confirmable,
    judge,
)
from openletter.signatures.models import ONE_PER_ADDRESS, Signature
from openletter.signatures.signing import enqueue_mail, mail_about

_RECEIPT = "signatures.receipt"


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
    _check(attempt, revision, now)
    opinion = external_opinion.ask(attempt, Occasion.CONFIRM, now=now)  # waits, so before any lock
    judged = judge(attempt, now, opinion)
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            confirmed = None if judged.because else _publish(attempt, judged, now)
        # A person looks first, or it changed while we waited.
        return confirmed or _with_the_address_locked(attempt, revision, now, opinion)
    except IntegrityError as problem:
        if constraints.broken_by(problem) != ONE_PER_ADDRESS:
            raise
        raise SignedAlready from problem


@transaction.atomic
def _with_the_address_locked(
    attempt: Signature, revision: int | None, now: datetime, opinion: Opinion
) -> Confirmed:
    lock_address(bytes(attempt.email_key))
    found = _read_again(attempt)
    _check(found, revision, now)
    if opinion.is_of_other_words(found):
        raise WordsChanged
    judged = judge(found, now, opinion)
    confirmed = _hold(found, judged, now) if judged.because else _publish(found, judged, now)
    if confirmed is None:
        raise NoLongerValid
    return confirmed


def _check(attempt: Signature, revision: int | None, now: datetime) -> None:
    """Raise a `Refused` if it cannot be confirmed, or not in the words that the page showed."""
    check_confirmable(attempt, now)
    if revision not in {None, attempt.revision}:
        raise WordsChanged


def _publish(attempt: Signature, judged: Judged, now: datetime) -> Confirmed | None:
    """Publish it; None when it is not what was judged any more, and nothing happened."""
    receipt = mail_about(attempt, _RECEIPT, about=attempt.public_id, due_at=now)
    entry = counting.publish(attempt, receipt=receipt, objections=judged.objections, at=now)
    return Confirmed(attempt, entry.count) if entry else None


def _read_again(attempt: Signature) -> Signature:
    """Return an attempt as it is by now; nobody changes it or its letter until we are done."""
    rows = Signature.objects.select_for_update(of=("self", "letter"), no_key=True)
    found = rows.select_related("letter").filter(pk=attempt.pk).first()
    if found is None:
        raise NoLongerValid
    found.confirmed_by = attempt.confirmed_by
    return found


def _hold(attempt: Signature, judged: Judged, now: datetime) -> Confirmed:
    """Hold for review what nobody changes meanwhile: its row and its letter's are locked."""
    waiting = Signature.objects.filter(
        letter=attempt.letter_id, email_key=attempt.email_key, state=Signature.State.PENDING
    )
    changes = {
        "held_because": judged.because,
        "flags": [*attempt.flags, *flags.new_among(judged.objections, attempt.flags)],
        "confirmed_at": now,
        "confirmed_by": attempt.confirmed_by,
        "page_opened": False,
    }
    waiting.filter(pk=attempt.pk).update(state=Signature.State.HELD, **changes)
    waiting.update(state=Signature.State.EXPIRED)
    enqueue_mail(attempt, _RECEIPT, about=attempt.public_id, now=now)
    return Confirmed(attempt, None)


def confirmation_code(attempt: Signature) -> str:
    """Return the six digits in an attempt's mail, the same in every copy."""
    return tokens.six_digits("confirm", attempt.public_id, generation=attempt.generation)


def expire(*, now: datetime, limit: int = 1000) -> int:
    """Let attempts expire whose link has run out for good; return how many."""
    old = Signature.objects.filter(state=Signature.State.PENDING, asked_at__lt=now - 4 * LINK_LASTS)
    # Named twice: one whose mail is asked for again meanwhile does not expire.
    return old.filter(pk__in=old.values("pk")[:limit]).update(state=Signature.State.EXPIRED)
