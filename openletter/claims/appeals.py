"""A signer answers a removal, once; another moderator restores the signature, or leaves it so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openletter.claims.models import Appeal
from openletter.moderation import audit, given_reasons, reviews
from openletter.moderation.models import AuditEntry
from openletter.signatures import decisions, judgement, signing
from openletter.signatures.abuse import flags
from openletter.signatures.locks import Gone, lock_signature
from openletter.signatures.models import Signature
from openletter.signatures.owner_record import record_act
from openletter.sweeps.models import Sweep, Swept

REVIEWED_AS = "appeal"  # in moderation/reviews.py
_REMOVED = Signature.State.REMOVED


class NotRemoved(Exception):
    """There is nothing to answer: the signature is not removed, or not any more."""


class AnsweredAlready(Exception):
    """This removal was answered before."""


class ChangedMeanwhile(Exception):
    """It is not what was seen any more: decided, withdrawn, erased, or with other words."""


class OwnRemoval(Exception):
    """Nobody decides about an appeal against their own removal, whatever rights they have."""


class CannotBeRestored(Exception):
    """Another signature of the same address counts by now."""


def removal_of(signature: Signature) -> AuditEntry | None:
    """Return the removal that holds for a signature, by the moderator who decided about it.

    None when it is not removed; and where a sweep removed it, about which nobody is told.
    """
    if signature.state != _REMOVED or signature.erased_at is not None:
        return None
    removal = audit.last_of("signature", signature.public_id, action="removed signature")
    if removal is None or _swept_since(signature, removal.at):
        return None
    return removal


def _swept_since(signature: Signature, time: datetime) -> bool:
    done = Swept.objects.filter(outcome__in=[Swept.Outcome.DONE, Swept.Outcome.KEPT])
    return done.filter(signature=signature, at__gt=time, sweep__to=Sweep.To.REMOVED).exists()


def appeal_against(removal: AuditEntry) -> Appeal | None:
    return Appeal.objects.filter(removal=removal).first()


@transaction.atomic
def write(signature_id: int, *, text: str, now: datetime) -> Appeal:
    """Keep what a signer says about a removal. Raises `NotRemoved` or `AnsweredAlready`."""
    try:
        signature = lock_signature(signature_id)
    except Gone as problem:
        raise NotRemoved from problem
    removal = removal_of(signature)
    if removal is None:
        raise NotRemoved
    if appeal_against(removal):
        raise AnsweredAlready
    record_act(signature, "appeal removal", now, {}, {})
    return Appeal.objects.create(
        letter=signature.letter,
        signature=signature,
        removal=removal,
        removed_by_id=removal.actor_id,
        rule=flags.reason_to_hold(signature.flags) or judgement.rules_against(signature),
        text=text,
        made_at=now,
    )


@transaction.atomic
def decide(
    appeal_id: int, *, to: Appeal.Outcome, revision: int, actor_id: int, now: datetime
) -> None:
    """Restore a signature or leave it removed, and tell its owner.

    Raises `OwnRemoval`, `ChangedMeanwhile` or `CannotBeRestored`.
    """
    signature = _lock(appeal_id)
    # The signature's row serialises, so this is what counts.
    appeal = Appeal.objects.filter(pk=appeal_id, outcome=Appeal.Outcome.WAITING).first()
    removal = removal_of(signature)
    if appeal is None or removal is None or appeal.removal_id != removal.pk:
        raise ChangedMeanwhile
    if actor_id == removal.actor_id:
        raise OwnRemoval
    if signature.revision != revision:
        raise ChangedMeanwhile
    Appeal.objects.filter(pk=appeal_id).update(outcome=to, decided_at=now, decided_by=actor_id)
    reviews.end(REVIEWED_AS, appeal_id)
    signing.enqueue_mail(
        signature, "claims.appeal_decided", about=signature.public_id, now=now, copy=appeal_id
    )
    if to == Appeal.Outcome.RESTORED:
        _restore(signature, actor_id=actor_id, now=now)
        return
    audit.record(
        actor_id=actor_id,
        action="upheld removal",
        object_kind="signature",
        object_id=signature.public_id,
        reason="",
        now=now,
    )


def _lock(appeal_id: int) -> Signature:
    key = Appeal.objects.filter(pk=appeal_id).values_list("signature_id", flat=True).first()
    try:
        return lock_signature(key or 0)
    except Gone as problem:
        raise ChangedMeanwhile from problem


def _restore(signature: Signature, *, actor_id: int, now: datetime) -> None:
    """Last in the transaction, as it moves the number."""
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            seen=_REMOVED,
            to=Signature.State.PUBLISHED,
            actor_id=actor_id,
            reason=given_reasons.APPEALED,
            now=now,
            answers=True,
        )
    except decisions.ChangedMeanwhile as problem:
        raise ChangedMeanwhile from problem
    except decisions.NotAllowed as problem:
        raise CannotBeRestored from problem
