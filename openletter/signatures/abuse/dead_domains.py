"""Flags signatures at domains that take no mail, once somebody had time to ask."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, Func, Value

from openletter.mail.monitoring import domains
from openletter.signatures.abuse.flags import NO_MAIL_SERVER
from openletter.signatures.models import COUNTED, Signature

LOOKS_BACK = timedelta(days=2)


def watch(*, now: datetime) -> int:
    """Ask about domains of recent signatures that nobody asked about; return how many are flagged.

    May run twice: the update names the rows that have no flag yet.
    """
    recent = Signature.objects.filter(
        state__in=[Signature.State.PENDING, *COUNTED], asked_at__gt=now - LOOKS_BACK
    ).exclude(email_domain="")
    known = domains.known(now)
    unknown = (
        recent.exclude(email_domain__in=known.values("domain"))
        .values("email_domain")
        .annotate(signatures=Count("pk"))
        # By lot: domains whose name servers never answer must not keep the others waiting.
        .order_by("?")
        .values_list("email_domain", flat=True)
    )
    domains.ask(unknown[: domains.MOST_AT_ONCE], now=now)
    return (
        recent.filter(email_domain__in=known.filter(takes_mail=False).values("domain"))
        .exclude(flags__contains=[NO_MAIL_SERVER])
        .update(flags=Func(F("flags"), Value(NO_MAIL_SERVER), function="array_append"))
    )
