"""A letter chooses whether a claimed entry is hidden until somebody looked; on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openletter.claims.models import LetterClaims
from openletter.letters.models import Letter
from openletter.moderation import audit


@transaction.atomic
def choose(letter: Letter, *, hides_claimed: bool, actor_id: int, now: datetime) -> None:
    """Hide claimed entries from now on, or leave them; what is hidden already waits on."""
    chosen, _made = LetterClaims.objects.select_for_update().get_or_create(letter=letter)
    if chosen.hides_claimed == hides_claimed:
        return
    chosen.hides_claimed = hides_claimed
    chosen.save(update_fields=["hides_claimed"])
    audit.record(
        actor_id=actor_id,
        action="hide claimed names" if hides_claimed else "show claimed names",
        object_kind="letter",
        object_id=letter.public_id,
        reason="",
        now=now,
    )
