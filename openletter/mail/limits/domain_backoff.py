"""Leave a domain in peace that asked us to slow down, twice as long each time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection

from openletter.mail.models import DomainPause, OutgoingMail
from openletter.mail.transport.smtp_replies import Verdict

_FIRST_SECONDS = 60
_LONGEST_SECONDS = 3600
_REMEMBERED = timedelta(days=7)
_FREE_STRIKES = 1  # a single 421 may be chance; the second in a row is a wish

# A domain is asked again only when its pause is over. What comes back before that, from mails that
# were under way already, is the same wish once more and no reason to wait longer.
_STRIKE = """
INSERT INTO mail_domainpause AS known (domain, strikes, until) VALUES (%(domain)s, 1, %(now)s)
ON CONFLICT (domain) DO UPDATE SET
    strikes = LEAST(known.strikes + 1, 12),
    until = %(now)s + INTERVAL '1 second'
        * LEAST(%(first)s * POWER(2, known.strikes - %(free)s), %(longest)s)
WHERE known.until <= %(now)s
RETURNING until > %(now)s
"""


class Domains:
    """What a batch knows of the domains that asked for less, and what it learns."""

    def __init__(self, domains: Collection[str]) -> None:
        """Look up what is known of the domains of a batch."""
        known = DomainPause.objects.filter(domain__in=set(domains))
        self._struck = dict(known.values_list("domain", "until"))
        self._resting: set[str] = set()

    def resting(self, now: datetime) -> dict[str, datetime]:
        """Return the domains that rested already when this batch was made, and until when."""
        return {domain: until for domain, until in self._struck.items() if until > now}

    def rests(self, domain: str) -> bool:
        """Say whether a domain has asked for less while this batch was on its way."""
        return domain in self._resting

    def learn(self, domain: str, verdict: Verdict, *, now: datetime) -> None:
        """Note that a domain asked for less, or that one that did takes mail again."""
        if verdict.slow_domain:
            if _strike(domain, now):
                self._resting.add(domain)
            self._struck[domain] = now
        elif verdict.state == OutgoingMail.State.SENT and domain in self._struck:
            # Not while it rests: this mail was under way before.
            DomainPause.objects.filter(domain=domain, until__lte=now).delete()
            del self._struck[domain]


def forget_old(*, now: datetime) -> None:
    """Delete what domains wanted long ago."""
    DomainPause.objects.filter(until__lt=now - _REMEMBERED).delete()


def _strike(domain: str, now: datetime) -> bool:
    """Return whether the domain rests from now on, or did already."""
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
        struck = cursor.fetchone()
    return struck is None or bool(struck[0])
