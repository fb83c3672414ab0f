"""Whether a domain takes mail at all, by what its name servers say. Never asked in a request.

Only a clear answer counts: no answer in time, a broken name server or no network say nothing about
a domain, and nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from openletter.mail.models import MailDomain
from openletter.mail.monitoring.dns_checks.lookup import CouldNotLookUp, Lookup

ANSWER_LASTS = timedelta(days=7)
MOST_AT_ONCE = 50
SIDE_BY_SIDE = 10
SECONDS_IN_ALL = 25.0  # well below the time that a task has
# A domain that takes mail for as long as there is any: if not even it does, we are offline.
PROBE = "gmail.com"


def known(now: datetime) -> QuerySet[MailDomain]:
    """Return the domains that were asked about lately enough."""
    return MailDomain.objects.filter(asked_at__gt=now - ANSWER_LASTS)


def ask(domains: Iterable[str], *, now: datetime) -> int:
    """Look up whether domains take mail, and remember; return of how many we know it now.

    Takes seconds, so no transaction may be open. Asks about `MOST_AT_ONCE` at most.
    """
    names = sorted(set(domains))[:MOST_AT_ONCE] if settings.LOOK_UP_DOMAINS else []
    lookup = Lookup(seconds=SECONDS_IN_ALL)
    if not names or not _takes_mail(PROBE, lookup):
        return 0
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as side_by_side:
        answers = list(side_by_side.map(lambda name: _takes_mail(name, lookup), names))
    learned = [
        MailDomain(domain=name, takes_mail=answer, asked_at=now)
        for name, answer in zip(names, answers, strict=True)
        if answer is not None
    ]
    MailDomain.objects.bulk_create(
        learned,
        update_conflicts=True,
        unique_fields=["domain"],
        update_fields=["takes_mail", "asked_at"],
    )
    return len(learned)


def _takes_mail(domain: str, lookup: Lookup) -> bool | None:
    """Return what the name servers say, or None when they say nothing."""
    try:
        servers = lookup.mail_servers(domain)
        if servers:
            return servers != ["."]  # RFC 7505: one that says that there is none
        return bool(lookup.addresses(domain))  # RFC 5321, 5.1: then the host itself takes it
    except CouldNotLookUp:
        return None


def forget_old(*, now: datetime) -> None:
    """Delete answers that do not count any more; a domain may be the name of its only user."""
    MailDomain.objects.exclude(pk__in=known(now).values("pk")).delete()
