"""What the operator's other program says about a signature: asked before anything is locked.

An answer takes its time, and belongs to the words that were asked about. So it names their
revision, and whoever acts on it makes sure that the row still says the same. What it objects is a
line of the audit record, and shown to moderators from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from openletter.letters import asked_fields
from openletter.moderation import audit
from openletter.moderation.candidate import Mode
from openletter.moderation.external_rule import address, asking
from openletter.moderation.external_rule.question import Occasion, Question
from openletter.moderation.rule_settings import in_force
from openletter.moderation.rules import external
from openletter.signatures.models import Signature


@dataclass(frozen=True)
class Opinion:
    """Whether it objects, and to which words; nobody was asked if there is no revision."""

    objects: bool = False
    revision: int | None = None

    def is_of_other_words(self, signature: Signature) -> bool:
        """Say whether the words have changed since it was asked."""
        return self.revision is not None and self.revision != signature.revision


NOT_ASKED = Opinion()


def is_asked(letter_id: int) -> bool:
    """Say whether there is a program to ask about a letter's signatures."""
    return address.is_known() and in_force.on(letter_id)[external.REASON].mode != Mode.OFF


def ask(signature: Signature, occasion: Occasion, *, now: datetime) -> Opinion:
    """Ask about a signature as it is in hand, with its letter, if there is a program to ask.

    Waits for another machine: never call it in a transaction.
    """
    if not is_asked(signature.letter_id):
        return NOT_ASKED
    found = asking.ask(_question(signature), occasion, now=now)
    if found is None:
        return Opinion(revision=signature.revision)
    audit.record(
        actor_id=None,
        action="object by program",
        object_kind="signature",
        object_id=signature.public_id,
        reason=found.reason,
        now=now,
    )
    return Opinion(objects=True, revision=signature.revision)


def said_about(signature: Signature) -> str:
    """Return what it objected last, in its words; "" if it objected to nothing, or said no more."""
    if external.REASON not in {signature.held_because, *signature.flags}:
        return ""
    entry = audit.last_of("signature", signature.public_id, action="object by program")
    return entry.reason if entry else ""


def _question(signature: Signature) -> Question:
    return Question(
        letter=signature.letter.slug,
        kind=signature.kind,
        name=signature.name,
        represented_by=signature.represented_by,
        email_domain=signature.email_domain,
        email=signature.email if settings.EXTERNAL_RULE_SENDS_ADDRESSES else None,
        **{name: getattr(signature, name) for name in asked_fields.JUDGED},
    )
