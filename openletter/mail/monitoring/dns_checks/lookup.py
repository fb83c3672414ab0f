"""Ask the domain name system, two seconds a question and a few seconds in all."""

from __future__ import annotations

import time

import dns.exception
import dns.rdatatype
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

SECONDS_PER_QUESTION = 2.0
SECONDS_IN_ALL = 8.0


class CouldNotLookUp(Exception):
    """No answer in time, or none that says anything; not the same as "there is none"."""


class Lookup:
    """Questions that share one time limit; any thread may ask."""

    def __init__(
        self, resolver: dns.resolver.Resolver | None = None, *, seconds: float = SECONDS_IN_ALL
    ) -> None:
        self._resolver = resolver
        self._end = time.monotonic() + seconds

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name; [] when there are none."""
        return [
            b"".join(record.strings).decode(errors="replace")
            for record in self._ask(name, "TXT")
            if isinstance(record, TXT)
        ]

    def addresses(self, host: str) -> list[str]:
        """Return the IP addresses of a host; [] when there are none."""
        return [str(record) for kind in ("A", "AAAA") for record in self._ask(host, kind)]

    def mail_servers(self, domain: str) -> list[str]:
        """Return who takes mail for a domain, the preferred first; "." says that nobody does."""
        records = [record for record in self._ask(domain, "MX") if isinstance(record, MX)]
        return [str(mx.exchange) for mx in sorted(records, key=lambda mx: mx.preference)]

    def names_of(self, address: str) -> list[str]:
        """Return the names that an IP address has by reverse look-up; [] when it has none."""
        reverse = dns.reversename.from_address(address).to_text()
        return [str(record).rstrip(".") for record in self._ask(reverse, "PTR")]

    def _ask(self, name: str, kind: str) -> list[object]:
        left = max(0.0, self._end - time.monotonic())
        try:
            answer = self._resolve_with().resolve(
                name,
                kind,
                lifetime=min(SECONDS_PER_QUESTION, left),
                raise_on_no_answer=False,
                search=False,
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as problem:
            raise CouldNotLookUp(type(problem).__name__) from problem
        return list(answer.rrset or [])

    def _resolve_with(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            self._resolver = system_resolver()
        return self._resolver


def system_resolver() -> dns.resolver.Resolver:
    """Return a resolver with the name servers of this machine; raises where it has none."""
    return dns.resolver.Resolver()
