"""All checks side by side, within one time limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from types import ModuleType

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from openletter.mail.monitoring.dns_checks import dkim, dmarc, mx, reverse_dns, spf
from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict
from openletter.mail.monitoring.dns_checks.lookup import CouldNotLookUp, Lookup

CHECKS = (spf, dkim, dmarc, reverse_dns, mx)


def sender() -> Sender:
    """Return who this site's mails come from, by its settings."""
    domain = _domain_of(settings.DEFAULT_FROM_EMAIL)
    return Sender(
        domain=domain,
        envelope_domain=_domain_of(settings.BOUNCE_ADDRESS) or domain,
        relay=settings.EMAIL_HOST if settings.MAIL_PROVIDER == "smtp" else "",
        selectors=tuple(settings.DKIM_SELECTORS or dkim.USUAL_SELECTORS),
        selectors_are_guessed=not settings.DKIM_SELECTORS,
    )


def run(who: Sender, lookup: Lookup) -> list[Finding]:
    """Return what each check found; what could not be looked up is a finding too."""
    language = translation.get_language()

    def one(check: ModuleType) -> Finding:
        with translation.override(language):  # a new thread knows nothing of the reader
            return _careful(check, who, lookup)

    with ThreadPoolExecutor(max_workers=len(CHECKS)) as side_by_side:
        return list(side_by_side.map(one, CHECKS))


def _careful(check: ModuleType, who: Sender, lookup: Lookup) -> Finding:
    try:
        found: Finding = check.check(who, lookup)
    except CouldNotLookUp:
        advice = _(
            "No answer came in time. Check whether this machine can reach its name servers, then"
            " reload this page."
        )
        return Finding(check.NAME, Verdict.UNKNOWN, advice)
    return found


def _domain_of(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2].lower()
