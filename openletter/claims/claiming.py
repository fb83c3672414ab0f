"""Somebody claims that an entry is false, confirms it by mail, and a moderator decides.

Whoever sends the form gets the same answer, whatever is known of their address or of the entry.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from openletter.claims import answers
from openletter.claims.models import Claim, LetterClaims
from openletter.letters.models import Letter
from openletter.lib.db.address_locks import lock_address
from openletter.lib.ids import uuid7
from openletter.lib.people import networks
from openletter.lib.people.addresses import Recipient
from openletter.lib.people.networks import Network
from openletter.mail import outbox
from openletter.mail.models import Lane
from openletter.moderation import audit, given_reasons, reviews
from openletter.rate_limits.tries import Limit
from openletter.signatures import decisions
from openletter.signatures.abuse import form_limits
from openletter.signatures.abuse.form_limits import FormLimits
from openletter.signatures.locks import Gone, lock_signature
from openletter.signatures.models import COUNTED, Signature

REVIEWED_AS = "claim"  # in moderation/reviews.py
ANSWER = "claims.decided"
HELD_BECAUSE = "claimed"  # in signatures/held_reasons.py
LINK_LASTS = timedelta(days=7)
# Of a letter, at once: else whoever has many addresses could empty its list.
MOST_HIDDEN = 20
LIMITS = FormLimits(
    network=Limit("claims from a network", 20, timedelta(hours=1), paced=True),
    subject=Limit("claims", 10, timedelta(days=1)),
)
_C = Claim.State
_S = Signature.State


class NoLongerOpen(Exception):
    """The claim's link is too old, or the entry is not on the list any more."""


class ChangedMeanwhile(Exception):
    """Decided by another moderator, withdrawn, erased, or with other words than were seen."""


@transaction.atomic
def claim(
    signature: Signature,
    *,
    wrong: Claim.Wrong,
    email: str,
    message: str,
    language: str,
    network: Network | None,
    now: datetime,
) -> None:
    """Keep a claim and owe the mail that asks to confirm it; silent about whether.

    One that waits for its confirmation takes the newer words.
    """
    recipient = Recipient.of(email)
    counted = form_limits.count(LIMITS, network=network, subject=recipient.email_key, now=now)
    lock_address(recipient.email_key, recipient.mailbox_key)
    same = Claim.objects.filter(signature=signature, email_key=recipient.email_key)
    before = same.filter(state__in=[_C.UNCONFIRMED, _C.WAITING]).first()
    is_wanted = not counted.is_over and (before is None or before.state == _C.UNCONFIRMED)
    said = {
        "wrong": wrong,
        "message": message,
        "language": language,
        "network_key": networks.network_key(network) if network else None,
        "made_at": now,
    }
    row = before or Claim(
        public_id=uuid7(),
        letter=signature.letter,
        signature=signature,
        email=email,
        email_key=recipient.email_key,
        email_domain=recipient.domain,
        **said,
    )
    if before is not None:  # also where it is confirmed, so that time does not tell
        Claim.objects.filter(pk=row.pk, state=_C.UNCONFIRMED).update(**said)
    elif is_wanted:
        row.save()
    _owe(row, recipient, is_wanted=is_wanted, now=now, not_before=now + counted.wait)


def _owe(
    row: Claim, recipient: Recipient, *, is_wanted: bool, now: datetime, not_before: datetime
) -> None:
    """Owe the mail that asks to confirm a claim, or do the work of it and owe none."""
    outbox.enqueue(
        "claims.confirm",
        dedupe_key=f"claims.confirm:{row.public_id}:{now:%Y%m%dT%H%M%S%f}",
        recipient=recipient,
        language=row.language,
        about=row.public_id,
        topic=row.letter.topic,
        now=now,
        not_before=not_before,
        wanted=is_wanted,
    )


def claim_of(public_id: UUID) -> Claim | None:
    """Return a claim with what its pages show."""
    rows = Claim.objects.select_related("letter", "signature__translation__version__letter")
    return rows.defer("email", "signature__email").filter(public_id=public_id).first()


def check_open(row: Claim, now: datetime) -> None:
    """Raise `NoLongerOpen` where confirming a claim would lead to nothing."""
    is_old = row.state == _C.UNCONFIRMED and now > row.made_at + LINK_LASTS
    if is_old or row.signature.state not in COUNTED or row.signature.erased_at is not None:
        raise NoLongerOpen


@transaction.atomic
def confirm(claim_id: int, *, now: datetime) -> None:
    """Let a claim wait for a moderator; hide its entry where the letter chose so.

    Confirmed twice is confirmed once. Raises `NoLongerOpen`.
    """
    signature = _lock(claim_id, NoLongerOpen)
    row = Claim.objects.filter(pk=claim_id).first()
    if row is None:
        raise NoLongerOpen
    row.signature = signature
    if row.state != _C.UNCONFIRMED:
        return
    check_open(row, now)
    Claim.objects.filter(pk=claim_id).update(state=_C.WAITING, confirmed_at=now)
    if signature.state == _S.PUBLISHED and hides_claimed(signature.letter):
        _hide(signature, now)


def hides_claimed(letter: Letter) -> bool:
    return LetterClaims.objects.filter(letter=letter, hides_claimed=True).exists()


def _hide(signature: Signature, now: datetime) -> None:
    """Take an entry off the list until somebody looked, unless somebody looked already."""
    if Claim.objects.filter(signature=signature, state=_C.KEPT).exists():
        return
    waiting = Claim.objects.waiting().filter(letter=signature.letter_id)
    hidden = waiting.filter(signature__held_because=HELD_BECAUSE).values("signature").distinct()
    if hidden[:MOST_HIDDEN].count() >= MOST_HIDDEN:
        return
    decisions.decide(
        signature_id=signature.pk,
        revision=signature.revision,
        seen=_S.PUBLISHED,
        to=_S.HELD,
        actor_id=None,
        reason=given_reasons.CLAIMED,
        now=now,
        held_because=HELD_BECAUSE,
    )


@transaction.atomic
def decide(
    claim_id: int,
    *,
    to: Claim.State,
    revision: int,
    actor_id: int,
    now: datetime,
    reason: str = "",
) -> None:
    """Remove a claimed entry or keep it; tell the claimant, and of a removal its signer too.

    Some minutes later, as it can be undone. Of a removal every claim about the entry is answered.
    Raises `ChangedMeanwhile`.
    """
    signature = _lock(claim_id, ChangedMeanwhile)
    rows = Claim.objects.filter(signature=signature, state=_C.WAITING).order_by("pk")
    answered = list(rows if to == _C.REMOVED else rows.filter(pk=claim_id))
    is_there = signature.state in COUNTED and signature.erased_at is None
    if not is_there or signature.revision != revision:
        raise ChangedMeanwhile
    if claim_id not in {row.pk for row in answered}:
        raise ChangedMeanwhile
    for row in answered:
        _answer(row, to, signature.letter, actor_id=actor_id, now=now)
    is_hidden = signature.state == _S.HELD and signature.held_because == HELD_BECAUSE
    if to == _C.REMOVED:
        _move(signature, _S.REMOVED, reason or given_reasons.CLAIMED, actor_id=actor_id, now=now)
        return
    reason = reason or given_reasons.LOOKED_AT
    if is_hidden and not rows.exists():
        _move(signature, _S.PUBLISHED, reason, actor_id=actor_id, now=now)
        return
    audit.record(
        actor_id=actor_id,
        action="kept claimed name",
        object_kind="signature",
        object_id=signature.public_id,
        reason=reason,
        now=now,
    )


def _lock(claim_id: int, problem: type[Exception]) -> Signature:
    key = Claim.objects.filter(pk=claim_id).values_list("signature_id", flat=True).first()
    try:
        return lock_signature(key or 0)
    except Gone as gone:
        raise problem from gone


def _answer(row: Claim, to: Claim.State, letter: Letter, *, actor_id: int, now: datetime) -> None:
    Claim.objects.filter(pk=row.pk).update(state=to, decided_at=now, decided_by=actor_id)
    reviews.end(REVIEWED_AS, row.pk)
    if not row.email:
        return  # its owner had it erased
    outbox.enqueue(
        ANSWER,
        dedupe_key=f"{ANSWER}:{row.public_id}:{now:%Y%m%dT%H%M%S%f}",
        recipient=Recipient.of(row.email)._replace(email_key=bytes(row.email_key)),
        language=row.language,
        about=row.public_id,
        topic=letter.topic,
        now=now,
        not_before=now + answers.DELAY,
        lane=Lane.BULK,
    )


def _move(
    signature: Signature, to: Signature.State, reason: str, *, actor_id: int, now: datetime
) -> None:
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            to=to,
            actor_id=actor_id,
            reason=reason,
            now=now,
            tells=True,
        )
    except decisions.NotAllowed as problem:
        raise ChangedMeanwhile from problem
