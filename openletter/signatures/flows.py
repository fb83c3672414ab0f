"""What can happen to a signature: signed, confirmed, decided, expired."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from openletter.letters.models import Letter, Translation
from openletter.lib import constraints, rows, tokens
from openletter.lib.addresses import domain_of, email_key, mailbox_key
from openletter.lib.ids import uuid7
from openletter.lib.statements import row_of
from openletter.mail import outbox
from openletter.moderation import audit
from openletter.signatures import consents, flags, ledger, limits
from openletter.signatures.judgement import (
    LINK_LASTS,
    NoLongerValid,
    SignedAlready,
    WordsChanged,
    check_confirmable,
    reason_to_hold,
)
from openletter.signatures.limits import Sender
from openletter.signatures.models import ARROWS, ONE_PER_ADDRESS, LedgerEntry, Signature

MOST_PENDING = 5


class NotAllowed(Exception):
    """There is no arrow between these states, or the address has another signature that counts."""


class ChangedMeanwhile(NotAllowed):
    """It is not what was seen any more: its owner or another moderator was faster. Look again."""


class Gone(Exception):
    """The row is no more: an unconfirmed attempt was erased, or nobody confirmed it in time."""


@dataclass(frozen=True)
class Signer:
    """What somebody typed about themselves, tidied."""

    kind: str
    name: str
    represented_by: str = ""
    title: str = ""
    affiliation: str = ""
    country: str = ""
    comment: str = ""
    show_name: bool = False
    keeps_name: bool = False
    wants_updates: bool = False


@dataclass(frozen=True)
class Confirmed:
    """What confirming did: the signatory's number, or None when a person looks first."""

    signature: Signature
    number: int | None


def sign(
    *,
    letter: Letter,
    text: Translation,
    email: str,
    signer: Signer,
    language: str,
    now: datetime,
    sender: Sender = Sender(),  # noqa: B008 - frozen
) -> UUID:
    """Store an attempt and the mail it owes; return a reference for the page that follows.

    The caller learns nothing about the address: the reference looks the same when the address
    has signed already (it gets another mail) or may get no mail for now. The database is asked the
    same questions in every case, so that time tells nothing either (T07). Of very many attempts of
    an address the newest go on waiting, so that nobody can fill its places (T52).
    """
    key = email_key(email)
    attempt = Signature(
        public_id=uuid7(),
        letter=letter,
        translation=text,
        language=language,
        email=email,
        email_key=key,
        email_domain=domain_of(email),
        consent=consents.CURRENT,
        created_at=now,
        asked_at=now,
        **asdict(signer),
    )
    with transaction.atomic():
        lock_address(key, mailbox_key(email))
        noted = limits.note(attempt, sender, others=MOST_PENDING - 1, now=now)
        attempt.flags = noted.flags
        rows.insert(attempt, wanted=noted.counted is None)
        owe(
            attempt,
            "signatures.confirm" if noted.counted is None else "signatures.signed_already",
            about=noted.counted or attempt.public_id,
            now=now,
            not_before=noted.mail_from,
        )
    return attempt.public_id


def lock_address(key: bytes, mailbox: bytes = b"") -> None:
    """Let one address do one thing at a time, until the transaction ends.

    On all letters together: the caps count what an address gets about all of them. Whoever owes a
    capped mail also names the mailbox, to which other addresses may belong (`mailbox_key`); it
    is always locked last, so that two of its addresses cannot wait for each other.
    """
    numbers = [int.from_bytes(one[:8], "big", signed=True) for one in (key, mailbox or key)]
    row_of("SELECT pg_advisory_xact_lock(%s), pg_advisory_xact_lock(%s)", numbers)


def take_in_hand(signature_id: int) -> Signature:
    """Return a signature with its letter, for one act at a time, until the transaction ends.

    Whoever may free or take the place of an address under a letter does it by this: with the row
    alone, a confirmation that holds the number would wait for us, and we for the number. What is
    returned was read after the wait, so judge that, and nothing read before. Raises `Gone`.
    """
    key = Signature.objects.filter(pk=signature_id).values_list("email_key", flat=True).first()
    lock_address(bytes(key or b""))
    rows = Signature.objects.select_for_update(of=("self",)).select_related("letter")
    signature = rows.filter(pk=signature_id).first()
    if signature is None:
        raise Gone
    return signature


def owe(
    signature: Signature,
    kind: str,
    *,
    about: UUID,
    now: datetime,
    copy: object = 0,
    not_before: datetime | None = None,
    wanted: bool = True,
) -> bool:
    """Enqueue a mail to a signature's address; False when the caps leave no room for it.

    A mail with the same `copy` is owed once.
    """
    return outbox.enqueue(
        kind,
        dedupe_key=f"{kind}:{signature.public_id}:{copy}",
        recipient=signature.email,
        recipient_key=bytes(signature.email_key),
        language=signature.language,
        about=about,
        topic=signature.letter.topic,
        now=now,
        not_before=not_before,
        wanted=wanted,
    )


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
            owe(attempt, "signatures.receipt", about=attempt.public_id, now=now)
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
    entry = ledger.publish(attempt, at=now)
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
    judged = same.filter(pk=attempt.pk, revision=attempt.revision, flags=attempt.flags)
    changes = {"held_because": because, "confirmed_at": now, "confirmed_by": attempt.confirmed_by}
    if not judged.update(state=Signature.State.HELD, **changes):
        return False
    same.update(state=Signature.State.EXPIRED)
    return True


def confirmation_code(attempt: Signature) -> str:
    """Return the six digits in an attempt's mail, the same in every copy."""
    return tokens.six_digits("confirm", attempt.public_id, generation=attempt.generation)


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
) -> None:
    """Let a moderator publish, hold or remove a signature; the number moves with it, on record.

    `revision` is that of the words which the moderator saw, `seen` the state, if it is known.
    Raises `ChangedMeanwhile` when they are others by now, or `NotAllowed`.
    """
    try:
        signature = take_in_hand(signature_id)
    except Gone as problem:
        raise NotAllowed("gone") from problem
    before = Signature.State(signature.state)
    if signature.revision != revision or seen not in {None, before}:
        raise ChangedMeanwhile
    by_owner = before == Signature.State.PENDING or to == Signature.State.WITHDRAWN
    if by_owner or to not in ARROWS[before] or not _can_be_judged(signature, to):
        raise NotAllowed(f"{before} -> {to}")
    _move(signature, before, to)
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
    if to == Signature.State.PUBLISHED:
        placed = signature.ledger_index is not None
        kind = LedgerEntry.Kind.RESTORED if placed else LedgerEntry.Kind.SIGNED
        ledger.append(signature, kind, at=now)
    elif before == Signature.State.PUBLISHED:
        ledger.append(signature, LedgerEntry.Kind.REMOVED, at=now)


def _can_be_judged(signature: Signature, to: Signature.State) -> bool:
    """Say no where nothing is left to look at: that can be taken away, and this be undone."""
    if signature.erased_at is None or to == Signature.State.REMOVED:
        return True
    counted = signature.ledger_index is not None
    return counted and (signature.state, to) == (Signature.State.REMOVED, Signature.State.PUBLISHED)


def _move(signature: Signature, before: Signature.State, to: Signature.State) -> None:
    key = bytes(signature.email_key)
    seen = Signature.objects.filter(pk=signature.pk, state=before, revision=signature.revision)
    changes = {
        "held_because": "moderator" if to == Signature.State.HELD else "",
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


def expire(*, now: datetime, limit: int = 1000) -> int:
    """Let attempts expire whose link has run out for good; return how many."""
    old = Signature.objects.filter(state=Signature.State.PENDING, asked_at__lt=now - 4 * LINK_LASTS)
    # Named twice: one whose mail is asked for again meanwhile does not expire.
    return old.filter(pk__in=old.values("pk")[:limit]).update(state=Signature.State.EXPIRED)
