"""Reverse DNS: the mail server's address has a name, and the name has that address."""

from __future__ import annotations

import ipaddress

from django.utils.translation import gettext as _

from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict, worst
from openletter.mail.monitoring.dns_checks.lookup import Lookup

NAME = "Reverse DNS"
_MOST_ADDRESSES = 4


def check(sender: Sender, lookup: Lookup) -> Finding:
    if not sender.relay:
        advice = _(
            "Your provider's servers send the mail, and your provider looks after their names."
        )
        return Finding(NAME, Verdict.GOOD, advice)
    addresses = _addresses(sender.relay, lookup)[:_MOST_ADDRESSES]
    public = [address for address in addresses if ipaddress.ip_address(address).is_global]
    if not public:
        advice = _(
            "Mail goes out through %(host)s, which has no public address. Receivers see the"
            " address that this server uses: check there that its name and its address point to"
            " each other."
        ) % {"host": sender.relay}
        return Finding(NAME, Verdict.LOOK, advice, addresses)
    judged = [_judge(address, lookup) for address in public]
    verdict = worst([verdict for verdict, _advice, _found in judged])
    advice = " ".join(dict.fromkeys(advice for one, advice, _found in judged if one == verdict))
    return Finding(NAME, verdict, advice, [found for _verdict, _advice, found in judged])


def _addresses(host: str, lookup: Lookup) -> list[str]:
    if host == "localhost":
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return lookup.addresses(host)


def _judge(address: str, lookup: Lookup) -> tuple[Verdict, str, str]:
    names = lookup.names_of(address)
    found = f"{address}: {', '.join(names)}" if names else address
    if not names:
        advice = _(
            "The address %(address)s has no name. Whoever runs that machine can set its reverse"
            " DNS entry; many receivers refuse mail from addresses without one."
        ) % {"address": address}
        return Verdict.MISSING, advice, found
    if any(address in lookup.addresses(name) for name in names):
        advice = _("The mail server's address and name point to each other.")
        return Verdict.GOOD, advice, found
    advice = _(
        "The address %(address)s is named %(name)s, but that name does not point back to it."
        " Create an address record for the name, or correct the reverse DNS entry."
    ) % {"address": address, "name": names[0]}
    return Verdict.LOOK, advice, found
