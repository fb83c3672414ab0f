"""Which signatures a sweep asks for."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from openletter.lib.db import search
from openletter.signatures.models import COUNTED, FormSubmission, Signature
from openletter.sweeps.models import Sweep

# What narrows a question down; the letter and the state alone would sweep a whole letter away.
NARROWING = (
    *("domain", "network_key", "name", "version", "signed_from", "signed_to"),
    *("flag", "because", "country", "language"),
)


def is_empty(sweep: Sweep) -> bool:
    """Say whether nothing but the letter, and perhaps the state, is chosen.

    A name of signs alone says nothing: nobody is searched by them.
    """
    said = {name: getattr(sweep, name) for name in NARROWING}
    return not any({**said, "name": search.terms(sweep.name)}.values())


def rows(sweep: Sweep) -> QuerySet[Signature]:
    """Return what a sweep asks for, as it is now, of what there was when it was asked."""
    found = Signature.objects.filter(
        letter=sweep.letter_id,
        pk__lte=sweep.newest,
        state__in=[sweep.signed_in_state] if sweep.signed_in_state else COUNTED,
        confirmed_at__lte=sweep.asked_at,
        erased_at=None,
    )
    exact = {
        "email_domain": sweep.domain,
        "translation__version": sweep.version_id,
        "held_because": sweep.because,
        "country": sweep.country,
        "translation__language": sweep.language,
        "created_at__gte": sweep.signed_from,
        "created_at__lt": sweep.signed_to,
        "flags__contains": [sweep.flag] if sweep.flag else None,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    for term in search.terms(sweep.name):
        found = found.filter(search_text__contains=term)
    if sweep.network_key:
        found = found.filter(public_id__in=_forms_from(bytes(sweep.network_key)))
    return found


def _forms_from(key: bytes) -> QuerySet[FormSubmission, object]:
    """Return the attempts whose forms came from a network, known by the first bytes of its key."""
    end = key[:32].ljust(32, b"\xff")
    forms = FormSubmission.objects.filter(Q(network_key__gte=key, network_key__lte=end))
    return forms.values("reference")
