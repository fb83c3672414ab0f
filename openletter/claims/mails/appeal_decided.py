"""You objected to a removal: what came of it, in one sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from openletter.claims import appeals
from openletter.claims.models import Appeal
from openletter.mail.outbox.kinds import Owed
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import Signature

TEMPLATE = "appeal_decided"
LABEL = gettext_lazy("Answer to your objection")


def context(owed: Owed) -> dict[str, Any] | None:
    signature = subjects.signature_about(owed.about, *Signature.State.values)
    answers = (Appeal.Outcome.RESTORED, Appeal.Outcome.UPHELD)
    decided = Appeal.objects.filter(outcome__in=answers)
    appeal = decided.filter(signature=signature).order_by("-decided_at").first()
    if signature is None or appeal is None:
        return None
    return links.common(signature) | {
        "is_restored": appeal.outcome == Appeal.Outcome.RESTORED,
        "reason": appeals.why_upheld(signature),
    }
