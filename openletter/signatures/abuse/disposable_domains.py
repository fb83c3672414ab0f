"""Domains at which anybody gets a mailbox for minutes, by the list of a package that keeps it."""

from __future__ import annotations

from disposable_email_domains import blocklist


def is_disposable(domain: str) -> bool:
    """Say whether a domain is such a service, or below one: they hand out subdomains too."""
    domain = domain.lower()
    while "." in domain:
        if domain in blocklist:
            return True
        domain = domain.partition(".")[2]
    return False
