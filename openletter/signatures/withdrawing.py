"""Somebody no longer wants their signature: its state changes, on record, and their links end."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from openletter.signatures.abuse import flags
from openletter.signatures.models import ARROWS, Signature
from openletter.signatures.owner_record import record_act

_S = Signature.State
CAN_WITHDRAW = frozenset({_S.PENDING, _S.HELD, _S.PUBLISHED, _S.REMOVED})


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
    record_act(signature, action, now, {"state": before.value}, {"state": after.value}, reason)
