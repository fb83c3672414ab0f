"""A signer answers a removal, once; a moderator who had no part in it decides anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openletter.claims import answers, removals
from openletter.claims.models import Appeal
from openletter.claims.removals import Removal
from openletter.mail.models import Lane
from openletter.moderation import audit, audit_words, given_reasons, reviews
from openletter.signatures import decisions, judgement, signing
from openletter.signatures.abuse import flags
from openletter.signatures.locks import Gone, lock_signature
from openletter.signatures.models import Signature
from openletter.signatures.owner_record import record_act

REVIEWED_AS = "appeal"  # in moderation/reviews.py
ANSWER = "claims.appeal_decided"
_REMOVED = Signature.State.REMOVED


class NotRemoved(Exception):
    """There is nothing to answer: the signature is not removed, or not any more."""


class AnsweredAlready(Exception):
    """This removal was answered before."""


class ChangedMeanwhile(Exception):
    """It is not what was seen any more: decided, withdrawn, erased, or with other words."""


class OwnRemoval(Exception):
    """Nobody decides about an appeal against what they removed, or agreed to."""


class CannotBeRestored(Exception):
    """Another signature of the same address counts by now."""


def appeal_against(removal: Removal, signature: Signature) -> Appeal | None:
    """Return what the signer said about a removal, if they did."""
    rows = Appeal.objects.filter(removal=removal.entry, sweep=removal.sweep)
    return rows.filter(signature=signature).first()


@transaction.atomic
def write(signature_id: int, *, text: str, now: datetime) -> Appeal:
    """Keep what a signer says about a removal. Raises `NotRemoved` or `AnsweredAlready`."""
    try:
        signature = lock_signature(signature_id)
    except Gone as problem:
        raise NotRemoved from problem
    removal = removals.removal_of(signature)
    if removal is None:
        raise NotRemoved
    if appeal_against(removal, signature):
        raise AnsweredAlready
    removed_by, agreed_by = removal.by
    record_act(signature, "appeal removal", now, {}, {})
    return Appeal.objects.create(
        letter=signature.letter,
        signature=signature,
        removal=removal.entry,
        sweep=removal.sweep,
        removed_by_id=removed_by,
        agreed_by_id=agreed_by,
        rule=flags.reason_to_hold(signature.flags) or judgement.rules_against(signature),
        text=text,
        made_at=now,
    )


@transaction.atomic
def decide(
    appeal_id: int,
    *,
    to: Appeal.Outcome,
    revision: int,
    actor_id: int,
    now: datetime,
    reason: str = "",
) -> None:
    """Restore a signature or leave it removed, for a reason, and tell its owner some minutes later.

    Raises `OwnRemoval`, `ChangedMeanwhile` or `CannotBeRestored`.
    """
    signature = _lock(appeal_id)
    # The signature's row serialises, so this is what counts.
    appeal = Appeal.objects.filter(pk=appeal_id, outcome=Appeal.Outcome.WAITING).first()
    if appeal is None:
        raise ChangedMeanwhile
    appeal.signature = signature
    removal = removals.against(appeal)
    if removal is None:
        raise ChangedMeanwhile
    if actor_id in removal.by:
        raise OwnRemoval
    if signature.revision != revision:
        raise ChangedMeanwhile
    Appeal.objects.filter(pk=appeal_id).update(outcome=to, decided_at=now, decided_by=actor_id)
    reviews.end(REVIEWED_AS, appeal_id)
    signing.enqueue_mail(
        signature,
        ANSWER,
        about=signature.public_id,
        now=now,
        not_before=now + answers.DELAY,
        copy=f"{appeal_id}:{now:%Y%m%dT%H%M%S%f}",
        lane=Lane.BULK,
    )
    if to == Appeal.Outcome.RESTORED:
        reason = reason or given_reasons.APPEALED
        _restore(signature, reason, actor_id=actor_id, now=now)
        return
    audit.record(
        actor_id=actor_id,
        action="upheld removal",
        object_kind="signature",
        object_id=signature.public_id,
        reason=reason or given_reasons.HOLDS,
        now=now,
    )


def why_upheld(signature: Signature) -> str:
    """Return why a signature stays removed, in the reader's words, if its owner was told so."""
    entry = audit.last_of("signature", signature.public_id, action="upheld removal")
    return audit_words.reason_of(entry) if entry else ""


def close(appeal_id: int, *, now: datetime) -> None:
    """Let an appeal wait no more whose removal is over, though its signature is removed anew."""
    waiting = Appeal.objects.filter(pk=appeal_id, outcome=Appeal.Outcome.WAITING)
    waiting.update(outcome=Appeal.Outcome.OVER, decided_at=now)


def _lock(appeal_id: int) -> Signature:
    key = Appeal.objects.filter(pk=appeal_id).values_list("signature_id", flat=True).first()
    try:
        return lock_signature(key or 0)
    except Gone as problem:
        raise ChangedMeanwhile from problem


def _restore(signature: Signature, reason: str, *, actor_id: int, now: datetime) -> None:
    """Last in the transaction, as it moves the number."""
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            seen=_REMOVED,
            to=Signature.State.PUBLISHED,
            actor_id=actor_id,
            reason=reason,
            now=now,
            answers=True,
        )
    except decisions.ChangedMeanwhile as problem:
        raise ChangedMeanwhile from problem
    except decisions.NotAllowed as problem:
        raise CannotBeRestored from problem
