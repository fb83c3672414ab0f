"""What the owner of a signature can do with it: correct, hide, withdraw, sign the new text.

Who has the link from a mail to the address is the owner. Every act is recorded, without its words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from openletter.ledger.models import LedgerEntry
from openletter.letters import asked_fields
from openletter.letters.asked_fields import Answers
from openletter.letters.models import Translation
from openletter.moderation import reviews
from openletter.moderation.external_rule import address
from openletter.moderation.external_rule.question import Occasion
from openletter.signatures import (
    counting,
    decisions,
    external_opinion,
    judgement,
    locks,
    signing,
)
from openletter.signatures.external_opinion import NOT_ASKED, Opinion
from openletter.signatures.models import COUNTED, Signature
from openletter.signatures.owner_record import record_act
from openletter.signatures.withdrawing import CAN_WITHDRAW, take_back

_S = Signature.State
# What stands under a letter or may yet: only this can be corrected.
STANDING = frozenset({_S.PENDING, *COUNTED})
CORRECTED = "corrected"  # why it is held
_JUDGED = {"name", "represented_by", *asked_fields.JUDGED}


class NotNow(Exception):
    """The signature is not in a state in which this can be done, or the letter is not."""


class ChangedMeanwhile(NotNow):
    """It says something else than when the form was opened; `revision` is that of today."""

    def __init__(self, revision: int) -> None:
        super().__init__("changed meanwhile")
        self.revision = revision


@dataclass(frozen=True, kw_only=True)
class Correction(Answers):
    """What an owner says about themselves from now on, tidied."""

    name: str
    represented_by: str


def _mine(signature_id: int, *states: str) -> Signature:
    """Hold the row until the transaction ends; raises `NotNow` when it is in none of the states."""
    try:
        signature = locks.lock_signature(signature_id)
    except locks.Gone as problem:
        raise NotNow("gone") from problem
    if signature.state not in states or signature.erased_at is not None:
        raise NotNow(signature.state)
    return signature


def correct(
    signature_id: int, *, to: Correction, revision: int | None = None, now: datetime
) -> bool:
    """Change what a signatory says about themselves; True when a person looks at it first.

    On a reviewed letter changed words were not reviewed, and rules judge them anew on any letter. A
    place among the first signatories was given to the old name and does not pass to another.
    `revision` is that of the words which the form showed, if it said so: an old form would write
    words back that were put right since.
    """
    opinion = _opinion_of(signature_id, to, now)  # waits for it, so before the row is locked
    return _correct(signature_id, to, revision, opinion, now)


def _opinion_of(signature_id: int, to: Correction, now: datetime) -> Opinion:
    """Ask the operator's other program about changed words, if there is one and it may matter."""
    if not address.is_known():
        return NOT_ASKED
    rows = Signature.objects.select_related("letter").filter(erased_at=None, state__in=COUNTED)
    signature = rows.filter(pk=signature_id).first()
    if signature is None or not _take(signature, to) & _JUDGED or signature.letter.is_reviewed:
        return NOT_ASKED
    return external_opinion.ask(signature, Occasion.CORRECT, now=now)


def _take(signature: Signature, to: Correction) -> set[str]:
    """Let it say what its owner says from now on; return what is different."""
    changed = {name for name, value in asdict(to).items() if getattr(signature, name) != value}
    for name in changed:
        setattr(signature, name, getattr(to, name))
    return changed


@transaction.atomic
def _correct(
    signature_id: int, to: Correction, revision: int | None, opinion: Opinion, now: datetime
) -> bool:
    signature = _mine(signature_id, *STANDING)
    if revision not in {None, signature.revision}:
        raise ChangedMeanwhile(signature.revision)
    changed = _take(signature, to)
    if not changed:
        return False
    fields = {*changed, "search_text"}
    before: dict[str, object] = {}
    if "name" in changed and signature.first_position is not None:
        before["first_position"] = signature.first_position
        signature.first_position = None
        fields.add("first_position")
    because = _reason_to_look(signature, changed, opinion)
    was_published = signature.state == _S.PUBLISHED
    if because:
        before["state"] = signature.state
        signature.state, signature.held_because = _S.HELD, because
        fields |= {"state", "held_because"}
        reviews.end(decisions.REVIEWED_AS, signature.pk)  # what somebody looked at were other words
    signature.save(update_fields=fields)
    record_act(
        signature,
        "correct signature",
        now,
        before,
        {"fields": sorted(changed), "state": signature.state},
    )
    if was_published and signature.state == _S.HELD:
        counting.count(signature, LedgerEntry.Kind.REMOVED, at=now)
    return signature.state == _S.HELD


def _reason_to_look(signature: Signature, changed: set[str], opinion: Opinion) -> str:
    if not changed & _JUDGED or signature.state == _S.PENDING:  # that one is judged when confirmed
        return ""
    if signature.letter.is_reviewed:
        return CORRECTED
    if external_opinion.is_asked(signature.letter_id) and opinion.revision != signature.revision:
        raise ChangedMeanwhile(signature.revision)  # confirmed, or corrected, while we waited
    return judgement.rules_against(signature, opinion)


@transaction.atomic
def show_name(signature_id: int, *, shown: bool, now: datetime) -> None:
    """Show the name on the public list from now on, or hide it."""
    signature = _mine(signature_id, *STANDING)
    if signature.show_name == shown:
        return
    signature.show_name = shown
    signature.save(update_fields=["show_name"])
    record_act(signature, "show name" if shown else "hide name", now)


@transaction.atomic
def retain_name(signature_id: int, *, kept: bool, now: datetime) -> None:
    """Let the name stay on the list after the rest is deleted, or take that consent back."""
    signature = _mine(signature_id, *STANDING)
    if signature.retain_name == kept:
        return
    signature.retain_name = kept
    signature.save(update_fields=["retain_name"])
    record_act(signature, "keep name" if kept else "let name go", now)


@transaction.atomic
def want_updates(signature_id: int, *, wanted: bool, now: datetime) -> None:
    """Send the signatory news about the letter from now on, or no more."""
    signature = _mine(signature_id, *STANDING)
    if signature.wants_updates == wanted:
        return
    signature.wants_updates = wanted
    signature.save(update_fields=["wants_updates"])
    record_act(signature, "start updates" if wanted else "stop updates", now)


@transaction.atomic
def withdraw(signature_id: int, *, now: datetime) -> None:
    """Take a signature back for good; the number falls at once if it counted.

    Every link made before stops working. Whoever signs again later begins anew.
    """
    signature = _mine(signature_id, *CAN_WITHDRAW)
    before = signature.state
    take_back(signature, now=now)
    if before in COUNTED:
        signing.enqueue_mail(signature, "signatures.withdrawn", about=signature.public_id, now=now)
    if before == _S.PUBLISHED:
        counting.count(signature, LedgerEntry.Kind.WITHDRAWN, at=now)


@transaction.atomic
def sign_version(signature_id: int, *, text: Translation, now: datetime) -> None:
    """Let a signature belong to a newer text of its letter. Raises `NotNow` once it is closed."""
    signature = _mine(signature_id, *COUNTED)
    if text.version.letter_id != signature.letter_id or not signature.letter.is_open(now):
        raise NotNow("closed")
    if text.pk == signature.translation_id:
        return
    before = signature.translation
    signature.translation = text
    signature.save(update_fields=["translation"])
    record_act(
        signature,
        "sign version",
        now,
        {"version": before.version.number, "language": before.language},
        {"version": text.version.number, "language": text.language},
    )
    signing.enqueue_mail(
        signature,
        "signatures.receipt",
        about=signature.public_id,
        now=now,
        copy=f"v{text.version.number}",
    )
