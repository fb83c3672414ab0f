"""Send a signatory the link to their signature: to the address on file, whoever asks (T43)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case, IntegerField, Q, When

from openletter.letters.models import Letter
from openletter.lib.db.address_locks import lock_address
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import email_key, mailbox_key
from openletter.lib.people.networks import Network
from openletter.signatures import judgement, signing
from openletter.signatures.abuse import form_limits
from openletter.signatures.models import COUNTED, Signature

_PENDING = Signature.State.PENDING


@transaction.atomic
def send_link(
    *, letter: Letter, email: str, language: str, network: Network | None = None, now: datetime
) -> None:
    """Owe the link to the signature of an address, at most once an hour; silent about whether.

    An attempt that waits gets its confirmation once more instead, within the limits of that. The
    database is asked the same questions whatever there is, so that time tells nothing either.
    """
    key = email_key(email)
    counted = form_limits.count(form_limits.SEND_LINK, network=network, subject=key, now=now)
    lock_address(key, mailbox_key(email))
    # An attempt that expired unconfirmed was nobody's: nothing is sent about it.
    known = Q(state=_PENDING) | Q(confirmed_at__isnull=False)
    rank = Case(When(state__in=COUNTED, then=0), default=1, output_field=IntegerField())
    found = (
        Signature.objects.filter(known, letter=letter, email_key=key, erased_at=None)
        .order_by(rank, "-asked_at")
        .first()
    )
    signature = found or Signature(
        public_id=uuid7(), email=email, email_key=key, language=language, confirmed_at=now
    )
    signature.letter = letter
    is_pending = found is not None and found.state == _PENDING
    is_wanted = (
        found is not None
        and not counted.is_over
        and (not is_pending or judgement.may_confirm(letter, now))
    )
    owed = signing.enqueue_mail(
        signature,
        "signatures.confirm" if is_pending else "signatures.access",
        about=signature.public_id,
        now=now,
        copy=f"{now:%Y%m%dT%H%M%S%f}",
        not_before=now + counted.wait,
        wanted=is_wanted,
    )
    # The link in the mail lasts from here; where there is none, this changes nothing.
    waiting = Signature.objects.filter(public_id=signature.public_id, state=_PENDING)
    waiting.update(asked_at=now if owed and is_wanted else signature.asked_at or now)
