"""What moderators and signers do until there is an objection."""

from __future__ import annotations

from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims import appeals, claiming
from openletter.claims.models import Appeal, Claim
from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.signatures import decisions
from openletter.signatures.models import Signature
from tests.factories import make_published
from tests.steps import SAM

CARDS = "/admin/claims/"


def removed(letter: Letter, moderator: User, signature: Signature | None = None) -> Signature:
    """Make a signature that a moderator removed."""
    signature = signature or make_published(letter)
    decisions.decide(
        signature_id=signature.pk,
        revision=signature.revision,
        to=Signature.State.REMOVED,
        actor_id=moderator.pk,
        reason="given: somebody else",
        now=timezone.now(),
    )
    signature.refresh_from_db()
    return signature


def appealed(signature: Signature) -> Appeal:
    return appeals.write(signature.pk, text="It is really me.", now=timezone.now())


def number_of(letter: Letter) -> int:
    tally = Tally.objects.filter(letter=letter).first()
    return tally.people + tally.organisations if tally else 0


def claimed(signature: Signature, *, email: str = SAM, confirmed: bool = True) -> Claim:
    """Make a claim about an entry, that its sender confirmed or did not."""
    now = timezone.now()
    claiming.claim(
        signature,
        wrong=Claim.Wrong.MINE,
        email=email,
        message="I never did.",
        language="en",
        network=None,
        now=now,
    )
    claim = Claim.objects.filter(signature=signature).latest("pk")
    if confirmed:
        claiming.confirm(claim.pk, now=now)
    return claim
