"""A moderator takes back what they decided about an objection, before anybody was told.

The mails about a decision wait (`answers.DELAY`); undone, they never leave.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openletter.claims import answers, appeals, claiming
from openletter.claims.models import Appeal, Claim
from openletter.moderation import audit, given_reasons
from openletter.moderation.models import AuditEntry
from openletter.signatures import decisions
from openletter.signatures.locks import Gone, lock_signature
from openletter.signatures.models import Signature

_S = Signature.State


class TooLate(Exception):
    """The mails about it have left, or are about to."""


class ChangedMeanwhile(Exception):
    """It is not what was decided any more: somebody has acted on it since."""


@transaction.atomic
def undo_appeal(appeal_id: int, *, actor_id: int, now: datetime) -> None:
    """Let an appeal wait again, and its signature be as it was.

    Raises `TooLate` or `ChangedMeanwhile`.
    """
    signature = _lock(Appeal.objects.filter(pk=appeal_id).first())
    decided = Appeal.objects.filter(pk=appeal_id, decided_by=actor_id)
    appeal = decided.filter(outcome__in=[Appeal.Outcome.RESTORED, Appeal.Outcome.UPHELD]).first()
    if appeal is None:
        raise ChangedMeanwhile
    _check_time(appeal.decided_at, now)
    is_restored = appeal.outcome == Appeal.Outcome.RESTORED
    action = "published signature" if is_restored else "upheld removal"
    _last_act(signature, actor_id, {action})
    decided.update(outcome=Appeal.Outcome.WAITING, decided_at=None, decided_by=None)
    answers.take_back(appeals.ANSWER, bytes(signature.email_key), about=signature.public_id)
    _record(signature, "reopened appeal", actor_id=actor_id, now=now)
    if is_restored:
        _move(signature, _S.PUBLISHED, _S.REMOVED, actor_id=actor_id, now=now)


@transaction.atomic
def undo_claim(claim_id: int, *, held_because: str, actor_id: int, now: datetime) -> None:
    """Let a claim wait again, with all that were answered by the same decision.

    `held_because` says why its entry was held before, if it was. Raises `TooLate` or
    `ChangedMeanwhile`.
    """
    signature = _lock(Claim.objects.filter(pk=claim_id).first())
    answered = (Claim.State.REMOVED, Claim.State.KEPT)
    rows = Claim.objects.filter(signature=signature, state__in=answered, decided_by=actor_id)
    claim = rows.filter(pk=claim_id).first()
    if claim is None:
        raise ChangedMeanwhile
    _check_time(claim.decided_at, now)
    acts = {"removed signature"}
    if claim.state == Claim.State.KEPT:
        acts = {"published signature", "kept claimed name"}
    last = _last_act(signature, actor_id, acts)
    together = rows.filter(decided_at=claim.decided_at)
    for one in together.defer("email"):
        answers.take_back(claiming.ANSWER, bytes(one.email_key), about=one.public_id)
    together.update(state=Claim.State.WAITING, decided_at=None, decided_by=None)
    _record(signature, "reopened claim", actor_id=actor_id, now=now)
    if last.action != "kept claimed name":
        before, became = _S(last.before["state"]), _S(last.after["state"])
        _move(signature, became, before, held_because, actor_id=actor_id, now=now)


def _lock(objection: Appeal | Claim | None) -> Signature:
    try:
        return lock_signature(objection.signature_id if objection else 0)
    except Gone as problem:
        raise ChangedMeanwhile from problem


def _check_time(decided_at: datetime | None, now: datetime) -> None:
    if decided_at is None or now > decided_at + answers.UNDONE_WITHIN:
        raise TooLate


def _last_act(signature: Signature, actor_id: int, actions: set[str]) -> AuditEntry:
    """Return the decision that is to be undone, if nobody has acted on the signature since."""
    acts = audit.entries_about("signature", signature.public_id)
    last = acts.order_by("-at", "-pk").first()
    if last is None or last.actor_id != actor_id or last.action not in actions:
        raise ChangedMeanwhile
    return last


def _record(signature: Signature, action: str, *, actor_id: int, now: datetime) -> None:
    audit.record(
        actor_id=actor_id,
        action=action,
        object_kind="signature",
        object_id=signature.public_id,
        reason="",
        now=now,
    )


def _move(
    signature: Signature,
    seen: Signature.State,
    to: Signature.State,
    held_because: str = "",
    *,
    actor_id: int,
    now: datetime,
) -> None:
    """Last in the transaction, as it moves the number."""
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            seen=seen,
            to=to,
            actor_id=actor_id,
            reason=given_reasons.UNDONE,
            now=now,
            held_because=held_because,
        )
    except decisions.NotAllowed as problem:
        raise ChangedMeanwhile from problem
