"""What people wrote who objected to a removal, or to a name on the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from openletter.claims import claiming
from openletter.claims.models import Appeal, Claim
from openletter.lib.personal import Declaration, Expiry, Held, Person, exported, impersonal
from openletter.signatures.models import COUNTED

# After the decision, or after it was written where the signature went another way.
KEPT = timedelta(days=30)

FIELDS: dict[str, Declaration] = {
    "Appeal": {
        "signature": Held("whose removal it objects to"),
        "text": Held("what was written against the removal"),
        "made_at": Held("when it was written"),
        "outcome": Held("what came of it"),
        "decided_at": Held("when it was decided"),
        "removed_by": Held("who removed the signature"),
        "agreed_by": Held("who agreed to the sweep that removed it"),
        "decided_by": Held("who decided about the objection"),
        **impersonal("id", "letter", "removal", "sweep", "rule"),
    },
    "Claim": {
        "letter": Held("under which letter an entry is said to be false"),
        "signature": Held("which entry is said to be false"),
        "wrong": Held("what is said to be false about it"),
        "message": Held("what was written about it"),
        "language": Held("language for mails"),
        "email": Held("e-mail address of whoever said it", encrypted=True),
        "email_key": Held("keyed hash of that address"),
        "email_domain": Held("domain of that address"),
        "network_key": Held("keyed hash of the network that the form came from"),
        "state": Held("what came of it"),
        "made_at": Held("when it was written"),
        "confirmed_at": Held("when it was confirmed by mail"),
        "decided_at": Held("when it was decided"),
        "decided_by": Held("who decided about it"),
        **impersonal("id", "public_id"),
    },
    "LetterClaims": impersonal("letter", "hides_claimed"),
}
_OF_STAFF = {"removed_by", "agreed_by", "decided_by"}


def _handed_over(model: str) -> Declaration:
    return {key: held for key, held in FIELDS[model].items() if key not in _OF_STAFF}


def export(person: Person) -> dict[str, Any]:
    """Return what a person wrote; not who decided about it, nor what others wrote about them."""
    written = Appeal.objects.filter(signature__public_id__in=person.public_ids).order_by("pk")
    return {
        "appeals": [
            exported(row, _handed_over("Appeal")) | {"signature": str(row.signature.public_id)}
            for row in written.select_related("signature")
        ],
        "claims": [
            exported(row, _handed_over("Claim")) | {"signature": str(row.signature.public_id)}
            for row in _claims_of(person).select_related("letter", "signature").order_by("pk")
        ],
    }


def _claims_of(person: Person) -> QuerySet[Claim]:
    """Return what the owner of an address claims, on one letter or on all."""
    if person.only_these or not person.email_key:
        return Claim.objects.none()
    rows = Claim.objects.filter(email_key=person.email_key)
    if not person.topic:
        return rows
    meant = [row.pk for row in rows.select_related("letter") if row.letter.topic == person.topic]
    return rows.filter(pk__in=meant)


def erase(person: Person) -> None:
    """Delete what a person wrote, and what others claim about what is gone."""
    Appeal.objects.filter(signature__public_id__in=person.public_ids).update(text="")
    Claim.objects.filter(signature__public_id__in=person.public_ids).delete()
    _claims_of(person).delete()


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Empty up to `limit` appeals and delete as many claims that nobody needs any more.

    A month after the decision, or after they were written where there is nothing to decide any
    more; and at once where nothing is left of the signature. How many were right is counted on.
    """
    appeals, claims = _old_appeals(now), _old_claims(now)
    of_appeals, of_claims = (
        list(rows.order_by("pk").values_list("pk", flat=True)[:limit]) for rows in (appeals, claims)
    )
    if not dry_run:
        Appeal.objects.filter(pk__in=of_appeals).update(text="")
        Claim.objects.filter(pk__in=of_claims).delete()
    return [
        Expiry("objections to a removal that were answered", len(of_appeals)),
        Expiry("claims about a name that were decided or never confirmed", len(of_claims)),
    ]


def _old_appeals(now: datetime) -> QuerySet[Appeal]:
    long_ago = now - KEPT
    is_over = Q(decided_at=None, made_at__lt=long_ago) & ~Q(signature__state="removed")
    old = Q(decided_at__lt=long_ago) | is_over | Q(signature__erased_at__isnull=False)
    return Appeal.objects.filter(old).exclude(text="")


def _old_claims(now: datetime) -> QuerySet[Claim]:
    long_ago = now - KEPT
    is_over = Q(decided_at=None, made_at__lt=long_ago) & ~Q(signature__state__in=COUNTED)
    never = Q(confirmed_at=None, made_at__lt=now - claiming.LINK_LASTS)
    return Claim.objects.filter(
        Q(decided_at__lt=long_ago) | is_over | never | Q(signature__erased_at__isnull=False)
    )
