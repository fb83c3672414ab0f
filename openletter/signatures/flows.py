"""What can happen to a signature: signed, confirmed, decided, expired."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction

from openletter.letters.models import Letter, Translation
from openletter.lib import rows, tokens
from openletter.lib.addresses import domain_of, email_key, mailbox_key
from openletter.lib.ids import uuid7
from openletter.lib.statements import row_of
from openletter.mail import outbox
from openletter.moderation import audit, rules
from openletter.moderation.candidate import Candidate
from openletter.signatures import consents, flags, ledger, limits
from openletter.signatures.limits import Sender
from openletter.signatures.models import ARROWS, LedgerEntry, Signature

LINK_LASTS = timedelta(days=7)
# A confirmation in the post when the letter closes still counts.
GRACE_AFTER_CLOSING = timedelta(hours=24)
MOST_PENDING = 5


class Refused(Exception):
    """A confirmation that cannot be; the subclass says why."""


class LinkExpired(Refused):
    """The link is older than seven days."""


class LetterClosed(Refused):
    """The letter closed more than a day ago."""


class AlreadyConfirmed(Refused):
    """This very attempt is confirmed already."""


class SignedAlready(Refused):
    """Another attempt of the same address was confirmed first."""


class NoLongerValid(Refused):
    """The signature was withdrawn or removed, or the attempt has expired."""


class NotAllowed(Exception):
    """There is no arrow between these states, or somebody else was faster."""


@dataclass(frozen=True)
class Signer:
    """What somebody typed about themselves, tidied."""

    kind: str
    name: str
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
    alone, a confirmation that holds the number would wait for us, and we for the number.
    """
    key = Signature.objects.values_list("email_key", flat=True).get(pk=signature_id)
    lock_address(bytes(key))
    rows = Signature.objects.select_for_update(of=("self",)).select_related("letter")
    return rows.get(pk=signature_id)


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


def may_confirm(letter: Letter, now: datetime) -> bool:
    """Say whether a confirmation still counts: while open, and for a day after closing."""
    if letter.state not in {Letter.State.OPEN, Letter.State.CLOSED}:
        return False
    if letter.state == Letter.State.CLOSED and letter.closed_at(now) is None:
        return False  # else there would be no day after closing, and so no end
    return letter.closes_at is None or now <= letter.closes_at + GRACE_AFTER_CLOSING


def check_confirmable(attempt: Signature, now: datetime) -> None:
    """Raise the `Refused` that says why an attempt cannot be confirmed now."""
    if attempt.state in {Signature.State.PUBLISHED, Signature.State.HELD}:
        raise AlreadyConfirmed
    if attempt.state != Signature.State.PENDING:
        raise NoLongerValid
    if not may_confirm(attempt.letter, now):
        raise LetterClosed
    if now > attempt.asked_at + LINK_LASTS:
        raise LinkExpired


def confirm(
    attempt: Signature, *, by: Signature.Way = Signature.Way.LINK, now: datetime
) -> Confirmed:
    """Publish a pending signature, or hold it for review, exactly once.

    Raises a `Refused`. `attempt` needs its letter loaded.
    """
    check_confirmable(attempt, now)
    attempt.confirmed_by = by
    held_because = _reason_to_hold(attempt)
    try:
        with transaction.atomic():
            # Two attempts of one address would each wait for the other's row.
            lock_address(bytes(attempt.email_key))
            owe(attempt, "signatures.receipt", about=attempt.public_id, now=now)
            number = None
            if held_because:
                _hold(attempt, held_because, now)
            else:
                number = _publish(attempt, now)
    except IntegrityError as problem:
        raise SignedAlready from problem
    return Confirmed(attempt, number)


def _publish(attempt: Signature, now: datetime) -> int:
    entry = ledger.publish(attempt, at=now)
    if entry is None:
        _lost_the_race(attempt, now)
    return entry.count


def _hold(attempt: Signature, because: str, now: datetime) -> None:
    same = Signature.objects.filter(
        letter=attempt.letter_id, email_key=attempt.email_key, state=Signature.State.PENDING
    )
    mine = same.filter(pk=attempt.pk)
    changes = {"held_because": because, "confirmed_at": now, "confirmed_by": attempt.confirmed_by}
    if not mine.update(state=Signature.State.HELD, **changes):
        _lost_the_race(attempt, now)
    same.update(state=Signature.State.EXPIRED)


def _lost_the_race(attempt: Signature, now: datetime) -> NoReturn:
    """Say why: a second click, a second tab, or another attempt of the address was faster."""
    attempt.refresh_from_db(fields=["state"])
    check_confirmable(attempt, now)
    raise NoLongerValid


def _reason_to_hold(attempt: Signature) -> str:
    if attempt.letter.policy == Letter.Policy.AFTER_REVIEW:
        return "letter is reviewed"
    return flags.reason_to_hold(attempt.flags) or rules_against(attempt)


def rules_against(signature: Signature) -> str:
    """Return why the rules want a person to look at a signature, or an empty text."""
    return rules.reason_to_hold(
        Candidate(
            name=signature.name,
            title=signature.title,
            affiliation=signature.affiliation,
            comment=signature.comment,
            email_domain=signature.email_domain,
        )
    )


def confirmation_code(attempt: Signature) -> str:
    """Return the six digits in an attempt's mail, the same in every copy."""
    return tokens.six_digits("confirm", attempt.public_id, generation=attempt.generation)


@transaction.atomic
def decide(
    *, signature_id: int, to: Signature.State, actor_id: int | None, reason: str, now: datetime
) -> None:
    """Let a moderator publish, hold or remove a signature. Raises `NotAllowed`.

    The number moves with it, and who decided what and why is recorded.
    """
    signature = take_in_hand(signature_id)
    before = Signature.State(signature.state)
    by_owner = before == Signature.State.PENDING or to == Signature.State.WITHDRAWN
    if by_owner or to not in ARROWS[before]:
        raise NotAllowed(f"{before} -> {to}")
    try:
        with transaction.atomic():
            Signature.objects.filter(pk=signature_id, state=before).update(
                state=to, held_because="moderator" if to == Signature.State.HELD else ""
            )
    except IntegrityError as problem:
        raise NotAllowed("another signature of this address counts already") from problem
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


def expire(*, now: datetime, limit: int = 1000) -> int:
    """Let attempts expire whose link has run out for good; return how many."""
    old = Signature.objects.filter(
        state=Signature.State.PENDING, asked_at__lt=now - 4 * LINK_LASTS
    ).values("pk")[:limit]
    return Signature.objects.filter(pk__in=old, state=Signature.State.PENDING).update(
        state=Signature.State.EXPIRED
    )
