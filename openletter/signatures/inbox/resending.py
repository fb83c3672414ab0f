"""Send once more what an address waits for, or what it stopped: asked for on the inbox page.

Whoever asks learns nothing: the database is asked the same questions in the same words, whether
there is an attempt or none (T47). Each form is counted in the transaction in which it is answered,
so that there is always one that writes: to commit one that does not is much faster.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.db.address_locks import lock_address
from openletter.lib.people.addresses import mailbox_key
from openletter.lib.people.networks import Network
from openletter.mail import outbox
from openletter.mail.outbox import suppression
from openletter.rate_limits.tries import Taken
from openletter.signatures import judgement, signing
from openletter.signatures.abuse import form_limits
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import COUNTED, Signature

_S = Signature.State
_CONFIRM, _SIGNED_ALREADY = "signatures.confirm", "signatures.signed_already"
_RESUME = "signatures.resume"
# Stands for the address where there is none, so that the same work is done.
_NOBODY = "nobody@example.invalid"
_NOTHING = UUID(int=0)


@transaction.atomic
def again(
    *, reference: tokens.Reference, letter: Letter, network: Network | None, now: datetime
) -> bool:
    """Owe one more of the mail that the form was answered by, within the mailbox's limits.

    False when none is on its way. About the attempt that the page belongs to, or else about the
    newest of its address. While one still is on its way, asking again changes nothing.
    """
    counted = form_limits.count(
        form_limits.SEND_AGAIN, network=network, subject=reference.public_id.bytes, now=now
    )
    return _owe_answer(reference, letter, counted, renews=False, now=now)


@transaction.atomic
def renew(*, attempt: Signature, network: Network | None, now: datetime) -> bool:
    """Let the links of an attempt last from now on again, and owe a mail with one if it may be.

    Only for whoever has such a link. False when no mail is on its way.
    """
    counted = form_limits.count(
        form_limits.SEND_AGAIN, network=network, subject=attempt.public_id.bytes, now=now
    )
    reference = tokens.Reference(attempt.public_id, None, attempt.generation)
    return _owe_answer(reference, attempt.letter, counted, renews=True, now=now)


def _owe_answer(
    reference: tokens.Reference,
    letter: Letter,
    counted: Taken,
    *,
    renews: bool,
    now: datetime,
) -> bool:
    found = _locked_signature(reference, letter, now)
    # Whoever has signed already is told so once more, at the same cost.
    kind = _SIGNED_ALREADY if found.state in COUNTED else _CONFIRM
    wanted = found.pk is not None and not counted.is_over and judgement.may_confirm(letter, now)
    is_waiting = outbox.is_waiting(kind=kind, about=found.public_id)
    owed = signing.enqueue_mail(
        found,
        kind,
        about=found.public_id,
        now=now,
        copy=f"{now:%Y%m%dT%H%M%S%f}",
        not_before=now + counted.wait,
        wanted=wanted and not is_waiting,
    )
    lasts = renews or (wanted and owed and not is_waiting)
    # The link in the mail lasts from here; without one, this changes nothing. Its reminders have
    # their turn anew: one that was passed over is sent, and one that was sent is owed once.
    waiting = Signature.objects.filter(public_id=found.public_id if lasts else _NOTHING)
    waiting.filter(state=_S.PENDING).update(asked_at=now, reminders=0)
    return wanted and (owed or is_waiting)


@transaction.atomic
def resume_once(
    *, reference: tokens.Reference, letter: Letter, network: Network | None, now: datetime
) -> None:
    """Owe the one mail with which an address that stopped all mail gets mail again.

    The reference is that of a page, or stands for an address that was typed
    (`typed_form.reference_to`). About what waits there, or else about the signature that counts,
    whatever became of its letter.
    """
    counted = form_limits.count(
        form_limits.RESUME, network=network, subject=typed_form.key_in(reference), now=now
    )
    found = _locked_signature(reference, letter, now)
    waits = found.state == _S.PENDING and judgement.may_confirm(letter, now)
    is_known = found.pk is not None and (waits or found.state in COUNTED)
    wanted = is_known and not counted.is_over
    signing.enqueue_mail(
        found,
        _RESUME,
        about=found.public_id,
        now=now,
        copy=f"{now:%Y%m%dT%H%M%S%f}",
        not_before=now + counted.wait,
        wanted=suppression.allow_once(bytes(found.email_key) if wanted else b"", now=now),
    )


def _locked_signature(reference: tokens.Reference, letter: Letter, now: datetime) -> Signature:
    """Lock the address that a page is about; return what waits or counts there.

    The page's own attempt comes first, then the newest. One that is not stored stands for none.
    """
    email = typed_form.typed_of(reference).get("email", "")
    mine = Signature.objects.filter(public_id=reference.public_id)
    known = mine.values_list("email", "email_key").first()
    if not email and known is not None:  # an address of before addresses carried what was typed
        email = known[0]
    key = typed_form.key_in(reference) if known is None else bytes(known[1])
    lock_address(key, mailbox_key(email or _NOBODY))
    waiting = Signature.objects.filter(
        Q(public_id=reference.public_id) | Q(email_key=key),
        letter=letter,
        state__in=[_S.PENDING, *COUNTED],
    ).exclude(email_key=b"")
    is_own = ExpressionWrapper(Q(public_id=reference.public_id), output_field=BooleanField())
    found = waiting.order_by(is_own.desc(), "-asked_at", "-pk").first() or Signature(
        public_id=reference.public_id,
        email=email or _NOBODY,
        email_key=key,
        language=letter.reference_language,
        asked_at=now,
    )
    found.letter = letter
    return found
