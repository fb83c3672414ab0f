"""Leave a domain in peace that asked us to slow down, twice as long each time."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from openletter.mail.models import DomainPause, OutgoingMail
from openletter.mail.verdicts import Verdict

_FIRST_SECONDS = 60
_LONGEST_SECONDS = 3600
_FREE_STRIKES = 1  # a single 421 may be chance; the second in a row is a wish

_STRIKE = """
INSERT INTO mail_domainpause AS known (domain, strikes, until) VALUES (%(domain)s, 1, %(now)s)
ON CONFLICT (domain) DO UPDATE SET
    strikes = LEAST(known.strikes + 1, 12),
    until = %(now)s + INTERVAL '1 second'
        * LEAST(%(first)s * POWER(2, known.strikes - %(free)s), %(longest)s)
"""


def struck_domains() -> set[str]:
    """Return the domains that asked for less lately; there are few or none."""
    return set(DomainPause.objects.values_list("domain", flat=True))


def learn(domain: str, verdict: Verdict, *, struck: set[str], now: datetime) -> None:
    """Note that a domain asked for less, or that one of the `struck` takes mail again."""
    if verdict.slow_domain:
        with connection.cursor() as cursor:
            cursor.execute(
                _STRIKE,
                {
                    "domain": domain,
                    "now": now,
                    "first": _FIRST_SECONDS,
                    "longest": _LONGEST_SECONDS,
                    "free": _FREE_STRIKES,
                },
            )
    elif verdict.state == OutgoingMail.State.SENT and domain in struck:
        DomainPause.objects.filter(domain=domain).delete()
