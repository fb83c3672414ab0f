"""What the owner of a signature can do with it: correct, hide, withdraw, sign the new text.

Who has the link from a mail to the address is the owner. Every act is recorded, without its words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from openletter.letters.models import Letter, Translation
from openletter.moderation import audit
from openletter.signatures import flags, flows, judgement, ledger
from openletter.signatures.models import ARROWS, COUNTED, LedgerEntry, Signature

_S = Signature.State
# What stands under a letter or may yet: only this can be corrected.
STANDING = frozenset({_S.PENDING, *COUNTED})
CAN_WITHDRAW = frozenset({_S.PENDING, _S.HELD, _S.PUBLISHED, _S.REMOVED})
CORRECTED = "corrected"  # why it is held


class NotNow(Exception):
    """The signature is not in a state in which this can be done, or the letter is not."""


class ChangedMeanwhile(NotNow):
    """It says something else than when the form was opened; `revision` is that of today."""

    def __init__(self, revision: int) -> None:
        super().__init__("changed meanwhile")
        self.revision = revision


@dataclass(frozen=True)
class Correction:
    """What an owner says about themselves from now on, tidied."""

    name: str
    represented_by: str
    title: str
    affiliation: str
    country: str
    comment: str


def _mine(signature_id: int, *states: str) -> Signature:
    """Hold the row until the transaction ends; raises `NotNow` when it is in none of the states."""
    try:
        signature = flows.take_in_hand(signature_id)
    except flows.Gone as problem:
        raise NotNow("gone") from problem
    if signature.state not in states or signature.erased_at is not None:
        raise NotNow(signature.state)
    return signature


def _record(
    signature: Signature,
    action: str,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        actor_id=None,
        action=action,
        object_kind="signature",
        object_id=signature.public_id,
        reason=reason,
        now=now,
        before=before,
        after=after,
    )


@transaction.atomic
def correct(
    signature_id: int, *, to: Correction, revision: int | None = None, now: datetime
) -> bool:
    """Change what a signatory says about themselves; True when a person looks at it first.

    On a reviewed letter changed words were not reviewed, and rules judge them anew on any letter. A
    place among the first signatories was given to the old name and does not pass to another.
    `revision` is that of the words which the form showed, if it said so: an old form would write
    words back that were put right since.
    """
    signature = _mine(signature_id, *STANDING)
    if revision not in {None, signature.revision}:
        raise ChangedMeanwhile(signature.revision)
    changed = {name for name, value in asdict(to).items() if getattr(signature, name) != value}
    if not changed:
        return False
    for name in changed:
        setattr(signature, name, getattr(to, name))
    fields = {*changed, "search_text"}
    before: dict[str, object] = {}
    if "name" in changed and signature.first_position is not None:
        before["first_position"] = signature.first_position
        signature.first_position = None
        fields.add("first_position")
    because = _reason_to_look(signature, changed)
    was_published = signature.state == _S.PUBLISHED
    if because and signature.state != _S.PENDING:  # an unconfirmed one is judged when confirmed
        before["state"] = signature.state
        signature.state, signature.held_because = _S.HELD, because
        fields |= {"state", "held_because"}
    signature.save(update_fields=fields)
    _record(
        signature,
        "correct signature",
        now,
        before,
        {"fields": sorted(changed), "state": signature.state},
    )
    if was_published and signature.state == _S.HELD:
        ledger.append(signature, LedgerEntry.Kind.REMOVED, at=now)
    return signature.state == _S.HELD


def _reason_to_look(signature: Signature, changed: set[str]) -> str:
    if not changed - {"country"}:
        return ""
    if signature.letter.policy == Letter.Policy.AFTER_REVIEW:
        return CORRECTED
    return judgement.rules_against(signature)


@transaction.atomic
def show_name(signature_id: int, *, shown: bool, now: datetime) -> None:
    """Show the name on the public list from now on, or hide it."""
    signature = _mine(signature_id, *STANDING)
    if signature.show_name == shown:
        return
    signature.show_name = shown
    signature.save(update_fields=["show_name"])
    _record(signature, "show name" if shown else "hide name", now)


@transaction.atomic
def keep_name(signature_id: int, *, kept: bool, now: datetime) -> None:
    """Let the name stay on the list after the rest is deleted, or take that consent back."""
    signature = _mine(signature_id, *STANDING)
    if signature.keeps_name == kept:
        return
    signature.keeps_name = kept
    signature.save(update_fields=["keeps_name"])
    _record(signature, "keep name" if kept else "let name go", now)


@transaction.atomic
def want_updates(signature_id: int, *, wanted: bool, now: datetime) -> None:
    """Send the signatory news about the letter from now on, or no more."""
    signature = _mine(signature_id, *STANDING)
    if signature.wants_updates == wanted:
        return
    signature.wants_updates = wanted
    signature.save(update_fields=["wants_updates"])
    _record(signature, "start updates" if wanted else "stop updates", now)


@transaction.atomic
def withdraw(signature_id: int, *, now: datetime) -> None:
    """Take a signature back for good; the number falls at once if it counted.

    Every link made before stops working. Whoever signs again later begins anew.
    """
    signature = _mine(signature_id, *CAN_WITHDRAW)
    before = signature.state
    take_back(signature, now=now)
    if before in COUNTED:
        flows.owe(signature, "signatures.withdrawn", about=signature.public_id, now=now)
    if before == _S.PUBLISHED:
        ledger.append(signature, LedgerEntry.Kind.WITHDRAWN, at=now)


def take_back(
    signature: Signature,
    *,
    now: datetime,
    action: str = "withdraw signature",
    reason: str = "",
) -> None:
    """Change the state of a signature that its owner no longer wants, and record it.

    Why it was held stays as its verdict, so that nobody gets past a review by signing anew. The
    caller holds the row, and moves the number afterwards.
    """
    before = _S(signature.state)
    after = _S.WITHDRAWN if _S.WITHDRAWN in ARROWS[before] else _S.EXPIRED
    was_held = before == _S.HELD and bytes(signature.email_key)
    verdict = (signature.held_because or flags.HELD) if was_held else signature.verdict
    Signature.objects.filter(pk=signature.pk, state=before).update(
        state=after, verdict=verdict, wants_updates=False, generation=F("generation") + 1
    )
    _record(signature, action, now, {"state": before.value}, {"state": after.value}, reason)


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
    _record(
        signature,
        "sign version",
        now,
        {"version": before.version.number, "language": before.language},
        {"version": text.version.number, "language": text.language},
    )
    flows.owe(
        signature,
        "signatures.receipt",
        about=signature.public_id,
        now=now,
        copy=f"v{text.version.number}",
    )
