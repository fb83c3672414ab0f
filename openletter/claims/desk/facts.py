"""What is known of both sides of a claim, to tell who is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from openletter.claims.models import Claim
from openletter.signatures.models import FormSubmission, Signature

_MOST = 5


@dataclass(frozen=True)
class Facts:
    is_same_address: bool  # the claim comes from the address that signed
    is_same_network: bool | None  # None: not known, or no longer
    signed_after: timedelta | None  # how long confirming took, of the signature
    confirmed_after: timedelta | None  # and of the claim
    others: list[Signature]  # other signatures of the address that claims
    claims: int  # that wait about this entry, this one too


def of(claim: Claim, *, among: frozenset[int] | None) -> Facts:
    """Find out all of it, in a constant number of statements.

    `among` are the letters whose signatures the reader sees; None: all.
    """
    signature = claim.signature
    key = bytes(claim.email_key)
    forms = FormSubmission.objects.filter(reference=signature.public_id)
    network = forms.values_list("network_key", flat=True).first()
    known = network is not None and claim.network_key is not None
    others = Signature.objects.filter(email_key=key, confirmed_at__isnull=False, erased_at=None)
    if among is not None:
        others = others.filter(letter__in=among)
    newest = others.exclude(pk=signature.pk).exclude(email_key=b"").select_related("letter")
    return Facts(
        is_same_address=key == bytes(signature.email_key),
        is_same_network=bytes(network or b"") == bytes(claim.network_key or b"") if known else None,
        signed_after=signature.confirmed_at - signature.asked_at
        if signature.confirmed_at
        else None,
        confirmed_after=claim.confirmed_at - claim.made_at if claim.confirmed_at else None,
        others=list(newest.defer("email").order_by("-created_at", "-pk")[:_MOST]),
        claims=Claim.objects.waiting().filter(signature=signature).count(),
    )
