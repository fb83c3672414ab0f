"""How often anybody may send the forms that store nothing (T47).

One statement for each form that arrives, the same whatever is known of its address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openletter.lib.people import networks
from openletter.lib.people.networks import Network
from openletter.moderation import source_lists
from openletter.moderation.source_lists import Verdict
from openletter.rate_limits import tries
from openletter.rate_limits.tries import Limit, Taken, Try
from openletter.signatures.abuse.rate_limits import LOCAL

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class FormLimits:
    """How often a form may come from one network, and about one subject (an address, a page)."""

    network: Limit
    subject: Limit


# Each mail that is asked for is also limited for its address (mail/limits/recipient_limits.py).
SEND_AGAIN = FormLimits(
    network=Limit("send again from a network", 60, _HOUR, paced=True),
    subject=Limit("send again", 20, _DAY),
)
SEND_LINK = FormLimits(
    network=Limit("send link from a network", 60, _HOUR, paced=True),
    subject=Limit("send link", 20, _DAY),
)
RESUME = FormLimits(
    network=Limit("resume from a network", 20, _HOUR, paced=True),
    subject=Limit("resume", 20, _DAY),
)
# All codes for an address and letter together, whichever page they are typed into: six digits, up
# to five of which are right.
CODE = FormLimits(
    network=Limit("codes for signatures from a network", 600, _HOUR),
    subject=Limit("codes for a signature", 10, _DAY),
)


def count(form: FormLimits, *, network: Network | None, subject: bytes, now: datetime) -> Taken:
    """Count one more form; what comes of it is to be done, to be done after a wait, or not at all.

    A network that staff trust has no limit, and where everybody seems to come from this machine
    it is that of a crowd.
    """
    form_tries = [Try(form.subject, subject.hex())]
    if network is not None and not _is_trusted(network):
        limit = form.network
        if network == networks.LOCAL:
            limit = replace(limit, number=LOCAL.number, span=LOCAL.span)
        form_tries += tries.from_network(limit, network)
    return tries.take(*form_tries, now=now)


def _is_trusted(network: Network) -> bool:
    return source_lists.verdict_on(network=network, domain="", address_key=b"") == Verdict.TRUST
